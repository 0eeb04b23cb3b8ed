import { duration, wrapWords } from '../../src/render/text.js';

it.each([
  [0, '0 ms'],
  [180.4, '180 ms'],
  [2130, '2.1 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [185_000, '3 min 5 s'],
])('%d ms reads %s', (ms, text) => expect(duration(ms)).toBe(text));

it('wraps at the width, and indents what follows', () => {
  expect(wrapWords('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrapWords('- one two three', 9, 2)).toEqual(['- one two', '  three']);
  expect(wrapWords('a-word-that-is-too-long b', 5)).toEqual(['a-word-that-is-too-long', 'b']);
});
