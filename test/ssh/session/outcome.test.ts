import { BridgeheadError } from '../../../src/core/errors.js';
import type { Hop } from '../../../src/ssh/config/hop.js';
import { type Heard, outcomeOf, unfinishedError } from '../../../src/ssh/session/outcome.js';
import type { ShellMode } from '../../../src/ssh/session/root-shell.js';
import { ShellMarks } from '../../../src/ssh/session/shell-marks.js';

const hop: Hop = {
  id: 'wk-1',
  node: 'wk-1',
  host: '192.0.2.1',
  port: 22,
  user: 'ops',
  family: 0,
  hostKeyName: '192.0.2.1',
  hostKeys: [],
  userKnownHosts: [],
  globalKnownHosts: [],
  identityFiles: [],
  identitiesOnly: false,
  certificates: [],
};

/** What was heard, of these words on standard error and on standard output before the root shell. */
function heard(stderr: string, mode?: ShellMode, opening = ''): Heard {
  const marks = new ShellMarks('NONCE');
  marks.read(Buffer.from(stderr));
  return { hop, mode, marks, opening };
}

const READY = 'NONCE:ready:sudo\n';
const ended = (code: number | null, signal?: string) => ({ code, signal });
const messageOf = (outcome: unknown): unknown =>
  outcome instanceof BridgeheadError ? `${outcome.code} ${outcome.message}` : outcome;

describe('the end of an exec', () => {
  it('is the status of the program once the root shell runs', () => {
    expect(outcomeOf(heard(READY), ended(3), false)).toEqual({ code: 3 });
  });

  it.each([
    ['a signal', heard(READY), ended(null, 'KILL'), false, /ended by KILL/],
    ['a signal without a name', heard(READY), ended(null), false, /ended by a signal/],
    ['a login shell that did something else', heard('hello\n'), ended(1), false, /login shell/],
    ['a refusal by sudo', heard('NONCE:login\nsudo: not found\n'), ended(1), false, /sudo is not installed/],
    ['a password that was taken in silence', heard('', 'asked'), ended(1), true, /password/],
    ['no shell of root', heard('sh: broken\n', 'root'), ended(127), false, /no root shell started/],
  ])('is an error after %s', (_what, before, status, hasPrompted, message) => {
    expect(messageOf(outcomeOf(before, status, hasPrompted))).toMatch(message);
  });
});

describe('an exec that is given up', () => {
  const late = { deadlineMs: 5000, sent: true, isLoginShell: false, bytes: 0 };

  it('is a program that did not finish', () => {
    expect(messageOf(unfinishedError(heard(READY), late))).toMatch(/did not finish within 5 s/);
  });

  it('is a root shell that did not start, or the login shell if that never came to it', () => {
    const waiting = { ...late, sent: false, isLoginShell: true };
    expect(messageOf(unfinishedError(heard('NONCE:login\n'), waiting))).toMatch(/did not start a root shell/);
    expect(messageOf(unfinishedError(heard('hello\n'), waiting))).toMatch(/did nothing for 5 s/);
  });
});
