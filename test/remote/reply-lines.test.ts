import { all, fromLines } from '../../src/remote/reply-lines.js';

const read = fromLines((lines) => all(lines, 'rule'));
const reply = (word: string) => ({ id: 'one', code: 0, stdout: `rule ${word}\nend\n`, stderr: '' });

it('reads words whole, however long, and never a part of one', () => {
  expect(read(reply('x'.repeat(16_384)))).toEqual([['x'.repeat(16_384)]]);
  expect(() => read(reply('x'.repeat(16_385)))).toThrow('the reply has a word of 16385 characters');
});

it('leaves out what a terminal would take for more than text', () => {
  expect(read(reply('a\u001b[2Jb\u202ec'))).toEqual([['a [2Jb c']]);
});
