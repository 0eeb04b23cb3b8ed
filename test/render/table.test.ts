import { indent, padTo, table } from '../../src/render/table.js';

describe('table', () => {
  it('aligns columns and leaves no trailing blanks', () => {
    expect(table([['a', 'one', ''], ['日本', '2', 'x'], ['ccc']])).toEqual([
      'a     one',
      '日本  2    x',
      'ccc',
    ]);
  });

  it('aligns by what is seen, not by escape sequences', () => {
    expect(
      table([
        ['\u001b[32mok\u001b[39m', 'a'],
        ['long', 'b'],
      ]).map((line) => line.length),
    ).toEqual(['\u001b[32mok\u001b[39m    a'.length, 'long  b'.length]);
  });
});

describe('padTo and indent', () => {
  it.each([
    ['plain', 5],
    ['\u001b[31mred\u001b[39m', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['🚀', 2],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(padTo(text, 7)).toBe(text + ' '.repeat(7 - width));
  });
  it('never cuts', () => expect(padTo('longer', 3)).toBe('longer'));
  it('leaves empty lines empty', () => expect(indent('a\n\nb', 2)).toBe('  a\n\n  b'));
});
