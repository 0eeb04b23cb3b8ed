import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEAD_INVENTORY, folderWith } from '../cli/helpers.js';
import { folder } from '../ssh/support/folder.js';
import { makeKey } from '../ssh/support/keys.js';
import { hasSshd, type Sshd, startSshd } from '../ssh/support/sshd.js';
import { Runner } from '../support/action/action.js';
import { ACTION } from '../support/action/action-file.js';

const { text: KEY, publicKey } = makeKey(folder(), 'key');
const GIVEN = { 'ssh-key': KEY, 'known-hosts': `127.0.0.1 ${publicKey}` };

function runnerWith(files: Readonly<Record<string, string>>): Runner {
  return new Runner(folderWith(), { workspace: folderWith(files) });
}

const errorsIn = (log: string): string[] => log.split('\n').filter((line) => line.startsWith('::error'));

it('every input is used, and every variable of a step is one that its program reads', () => {
  const text = readFileSync('action.yml', 'utf8');
  const unused = Object.keys(ACTION.inputs).filter((name) => !text.includes(`\${{ inputs.${name} }}`));
  expect(unused).toEqual([]);
  const programs = ['install.sh', 'run.sh', 'comment.js'].map((name) =>
    readFileSync(`action/${name}`, 'utf8'),
  );
  const unread = ACTION.runs.steps
    .flatMap(({ env = {} }) => Object.keys(env))
    .filter((name) => !programs.some((program) => program.includes(name)));
  expect(unread).toEqual([]);
});

it('puts what is wrong in the inventory at its file, line and column, and ends in 2', async () => {
  const runner = runnerWith({ 'net/home.yaml': DEAD_INVENTORY.replace('interface: wg0', 'interfac: wg0') });
  const { code, log, outputs, summary } = await runner.action({
    command: 'plan',
    inventory: 'net/home.yaml',
    ...GIVEN,
  });
  expect(code).toBe(2);
  expect(errorsIn(log)).toEqual([
    expect.stringMatching(
      /^::error file=net\/home\.yaml,line=7,col=5,title=networks\.mesh\.interfac::unknown key%0Afix: did you mean "interface"\?/,
    ),
  ]);
  expect(log).toContain('no comment: this is not a pull request');
  expect(outputs).toMatchObject({ 'exit-code': '2', verdict: '', changed: 'false' });
  expect(summary).toMatch(/^## ❌ bridgehead plan exits with 2\n\n {4}net\/home\.yaml:7:5 {2}/);
  // Everything else on stderr is about the reports, whose files nobody can open: action/run.sh knows those lines by their words.
  expect(
    summary
      .trimEnd()
      .split('\n')
      .slice(2)
      .filter((line) => !/^ {4}net\/home\.yaml:/.test(line)),
  ).toEqual([]);
  expect(runner.hasKeys()).toBe(false);
});

it('leaves the runner its configuration and caches', async () => {
  const look = `notify:
  - on: [always]
    command: [sh, -c, 'cat >/dev/null; echo "$XDG_CONFIG_HOME $XDG_CACHE_HOME" >folders']
`;
  const home = folderWith();
  const runner = new Runner(home, {
    workspace: folderWith({ 'inventory.yaml': DEAD_INVENTORY, 'notify.yaml': look }),
  });
  await runner.action({ command: 'check', ...GIVEN, arguments: '--notify\nnotify.yaml\n--timeout\n5' });
  expect(readFileSync(join(runner.workspace, 'folders'), 'utf8')).toBe(`${home}/.config ${home}/.cache\n`);
});

it('puts a node that is down at its line of the inventory', async () => {
  const runner = runnerWith({ 'inventory.yaml': DEAD_INVENTORY });
  const { code, log, outputs, summary } = await runner.action({ command: 'check', ...GIVEN });
  expect(code).toBe(4);
  expect(errorsIn(log).sort()).toEqual([
    expect.stringMatching(/^::error file=inventory\.yaml,line=3,col=3,title=FAILED%3A a-1::/),
    expect.stringMatching(/^::error file=inventory\.yaml,line=4,col=3,title=FAILED%3A b-1::/),
  ]);
  expect(outputs).toMatchObject({ 'exit-code': '4', verdict: 'UNREACHABLE', changed: 'false' });
  expect(summary).toMatch(/^## ❌ UNREACHABLE/);
  expect(runner.report('run.xml')).toMatch(/^<\?xml/);
  expect(runner.report('run.html')).toMatch(/^<!DOCTYPE html>/);
});

it.each([
  ['without pinned host keys', { 'known-hosts': '# none\n\n' }, 'the input known-hosts is empty'],
  ['without a key or an agent', { 'ssh-key': '' }, 'the input ssh-key is empty, and the runner has no agent'],
  ['of another command', { command: 'undo' }, 'the input command must be plan, apply, check or drift'],
  ['of another word for yes', { 'accept-new': 'yes' }, 'the input accept-new must be true or false'],
])('refuses %s, and starts nothing', async (_what, inputs, reason) => {
  const runner = runnerWith({ 'inventory.yaml': DEAD_INVENTORY });
  const { code, log } = await runner.action({ command: 'plan', ...GIVEN, ...inputs });
  expect(code).toBe(2);
  expect(errorsIn(log)).toEqual([expect.stringContaining(reason)]);
  expect(runner.report('errors')).toBeUndefined();
});

const suite = hasSshd ? describe : describe.skip;

suite('against a real sshd', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  const inventory = () =>
    `name: one\nnodes:\n  a-1: { public: 127.0.0.1, ssh: { port: ${sshd.port}, user: root } }\n`;
  const playbook = (gate: string) =>
    `name: look\nphases:\n  - name: look\n    gates:\n      - reachable:\n      - commands: { names: [${gate}] }\n`;
  const inputs = () => ({
    'ssh-key': readFileSync(sshd.client.path, 'utf8'),
    'known-hosts': `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}`,
    playbook: './look.yaml',
  });
  const start = (gate = 'sh', more: Readonly<Record<string, string>> = {}) =>
    runnerWith({ 'inventory.yaml': inventory(), 'look.yaml': playbook(gate), ...more });

  it('logs in with the key and the pinned host key, and answers GO', async () => {
    const runner = start();
    const { code, log, outputs, summary } = await runner.action({ command: 'check', ...inputs() });
    expect(errorsIn(log)).toEqual([]);
    expect({ code, outputs }).toMatchObject({ code: 0, outputs: { verdict: 'GO', changed: 'false' } });
    expect(summary).toMatch(/^## ✅ GO/);
  });

  it('refuses a machine with another host key, before any login', async () => {
    const other = { 'known-hosts': `[127.0.0.1]:${sshd.port} ${sshd.client.publicKey}` };
    const { code, log } = await start().action({ command: 'check', ...inputs(), ...other });
    expect(code).toBe(4);
    expect(errorsIn(log)[0]).toMatch(/line=3,col=3,title=FAILED%3A a-1::.*host key/);
  });

  it('trusts a new host only if it is asked to', async () => {
    const fresh = { ...inputs(), 'known-hosts': '', 'accept-new': 'true' };
    expect(await start().action({ command: 'check', ...fresh })).toMatchObject({ code: 0 });
  });

  it('puts a STOP at its line, with what was seen', async () => {
    const { code, log } = await start('no-such-program').action({ command: 'check', ...inputs() });
    expect(code).toBe(3);
    expect(errorsIn(log)).toEqual([
      expect.stringMatching(
        /^::error file=inventory\.yaml,line=3,col=3,title=STOP%3A look \/ .*no-such-program/,
      ),
    ]);
  });

  it('keeps the secrets in files of mode 0600 while it runs, and nowhere else', async () => {
    const look = `notify:
  - on: [always]
    command:
      - sh
      - -c
      - |
        cat >/dev/null
        stat -c '%a %n' ~ ~/.ssh/* ~/sudo-password | sed "s|$HOME|~|" >seen
        cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' >arguments
        env >variables
`;
    const runner = start('sh', { 'notify.yaml': look });
    const secret = 'the password of sudo, 31 letters';
    const { code, log } = await runner.action({
      command: 'check',
      ...inputs(),
      'sudo-password': secret,
      arguments: '--notify\nnotify.yaml\n--timeout\n10',
    });
    expect({ code, log }).toMatchObject({ code: 0, log: expect.stringContaining('notified sh: go') });
    const seen = (name: string) => readFileSync(join(runner.workspace, name), 'utf8');
    expect(seen('seen').trim().split('\n')).toEqual([
      '700 ~',
      '600 ~/.ssh/config',
      '600 ~/.ssh/key',
      '600 ~/.ssh/known_hosts',
      '600 ~/sudo-password',
    ]);
    expect(seen('arguments').includes('\n--timeout\n10\n')).toBe(true);
    const body = readFileSync(sshd.client.path, 'utf8').split('\n')[2] ?? '';
    expect(body.length).toBeGreaterThan(50);
    for (const text of [seen('arguments'), seen('variables'), log]) {
      expect(text.includes(secret)).toBe(false);
      expect(text.includes(body)).toBe(false);
    }
    expect(runner.hasKeys()).toBe(false);
  });

  it('lets no machine give the runner a command', async () => {
    const { log } = await start('no-such-program').action({ command: 'check', ...inputs() });
    const [, word = '', inside = ''] =
      /^::stop-commands::([0-9a-f]{32})\n([\s\S]*?)\n::\1::$/m.exec(log) ?? [];
    expect(word).not.toBe('');
    expect(inside).toContain('no-such-program');
  });
});
