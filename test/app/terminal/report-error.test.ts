import { reportError } from '../../../src/app/terminal/report-error.js';
import { BridgeheadError, InputError } from '../../../src/core/errors.js';
import { createPaint } from '../../../src/render/colour.js';

function shown(error: unknown, verbose = false): { code: number; text: string } {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  return { code: reportError(error, { write, paint: createPaint(false), verbose }), text };
}

it('prints message, evidence and fix, and where it happened', () => {
  const error = new BridgeheadError('E_SSH_AUTH', 'no login worked', {
    node: 'wk-1',
    phase: 'keys',
    evidence: 'tried: publickey',
    fix: 'name the right key',
  });
  expect(shown(error)).toEqual({
    code: 4,
    text: 'error: wk-1 / keys: no login worked\n  tried: publickey\nfix: name the right key\n',
  });
});

it('prints every problem of an input, one per line', () => {
  const problem = {
    file: 'a.yaml',
    line: 2,
    column: 3,
    path: 'nodes.x',
    message: 'is wrong',
    fix: 'do right',
  };
  expect(shown(new InputError([problem, { file: 'b.yaml', message: 'is empty' }]))).toEqual({
    code: 2,
    text: 'a.yaml:2:3  nodes.x: is wrong; do right\nb.yaml  is empty\n',
  });
});

it.each([new TypeError('x is not a function'), new BridgeheadError('E_BUG', 'x is not a function')])(
  'calls anything else a bug: %s',
  (error) => {
    const { code, text } = shown(error);
    expect(code).toBe(1);
    expect(text).toMatch(/^error: x is not a function\nThis is an internal error \(bug in bridgehead\)/);
    expect(text).not.toContain('    at ');
  },
);

it('shows stacks and causes with --verbose only', () => {
  const error = new BridgeheadError('E_STEP', 'it failed', { cause: new Error('the deeper reason') });
  expect(shown(error).text).not.toContain('the deeper reason');
  expect(shown(error, true).text).toMatch(/ {4}at [\s\S]*caused by: Error: the deeper reason\n {4}at /);
});

it('lets no text of a machine drive the terminal', () => {
  expect(shown(new BridgeheadError('E_STEP', 'a\u001b[2Jb')).text).toBe('error: ab\n');
});

it.each<[string, unknown]>([
  ['a message', new BridgeheadError('E_STEP', 'it said: password: hunter2')],
  ['evidence', new BridgeheadError('E_STEP', 'it failed', { evidence: 'DB_PASS=hunter2 ./run' })],
  ['a problem', new InputError([{ file: 'a.yaml', message: 'found password: hunter2' }])],
  ['a bug', new TypeError('bad password: hunter2')],
  ['a cause', new BridgeheadError('E_STEP', 'it failed', { cause: new Error('password: hunter2') })],
])('lets no secret out in %s', (_name, error) => {
  const { text } = shown(error, true);
  expect(text).toContain('[redacted]');
  expect(text).not.toContain('hunter2');
});

it('leaves the path of a field as it is', () => {
  const problem = { file: 'a.yaml', path: 'nodes.x.password', message: 'unknown field' };
  expect(shown(new InputError([problem])).text).toBe('a.yaml  nodes.x.password: unknown field\n');
});

it.each([
  ['an abandoned question', Object.assign(new Error('User force closed'), { name: 'ExitPromptError' })],
  ['a signal', new BridgeheadError('E_INTERRUPTED', 'interrupted during `sh`')],
])('takes %s for an interruption', (_name, error) => {
  expect(shown(error)).toEqual({ code: 130, text: 'interrupted\n' });
});

it.each([
  [new BridgeheadError('E_LOCKED', 'locked'), 'error: locked\nmore: bridgehead explain E_LOCKED\n'],
  [new BridgeheadError('E_INTERRUPTED', 'by SIGINT'), 'interrupted\n'],
])('names the page of an error to people: %s', (error, expected) => {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  reportError(error, { write, paint: createPaint(false), verbose: false, explain: true });
  expect(text).toBe(expected);
});
