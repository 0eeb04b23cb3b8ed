import { answerTo, doneOrRefused, type Part, reasonOf } from '../../src/remote/part.js';
import type { FragmentReply } from '../../src/remote/program.js';

const reply = (over: Partial<FragmentReply> = {}): FragmentReply => ({
  id: 'count',
  code: 0,
  stdout: '3\n',
  stderr: '',
  ...over,
});
const part: Part<number> = { id: 'count', script: 'echo 3', parse: ({ stdout }) => Number(stdout) };

describe('a part of a program', () => {
  it('reads its own reply, and none if it was not reached', () => {
    expect(
      answerTo(
        new Map([
          ['other', reply({ stdout: '4\n' })],
          ['count', reply()],
        ]),
        part,
      ),
    ).toBe(3);
    expect(answerTo(new Map([['other', reply()]]), part)).toBeUndefined();
  });

  it('is done or refused, by its exit status', () => {
    expect(doneOrRefused(reply({ stderr: 'a warning' }))).toEqual({ kind: 'done' });
    expect(doneOrRefused(reply({ code: 1, stderr: ' no room\n' }))).toEqual({
      kind: 'refused',
      reason: 'no room',
    });
  });

  it('has a reason even if it printed none', () => {
    expect(reasonOf(reply({ code: 7, stderr: '\n' }))).toMatch(/status 7/);
  });
});
