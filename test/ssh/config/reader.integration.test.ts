import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createHome, type Home } from '../../../src/ssh/config/home.js';
import type { ConfigQuestion } from '../../../src/ssh/config/question.js';
import { SshConfigReader } from '../../../src/ssh/config/reader.js';
import { parseSshConfig, type SshConfig } from '../../../src/ssh/config/ssh-config.js';
import { failure } from '../support/collect.js';
import { folder } from '../support/folder.js';
import { homeWith } from '../support/login.js';

const PATH = process.env['PATH'] ?? '';
const HOSTS = ['192.0.2.1', 'edge.example', '192.0.2.2', 'a-b.c_d.example'];

/** An `ssh` to be found first, which notes that it was started and then is the real one. */
function countingSsh() {
  const path = folder();
  const log = join(path, 'log');
  const real = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
  writeFileSync(join(path, 'ssh'), `#!/bin/sh\necho "$*" >>'${log}'\nexec '${real}' "$@"\n`, { mode: 0o755 });
  const started = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').length : 0);
  return { PATH: [path, PATH].join(delimiter), started };
}

function askSsh({ env }: Home, file: string | undefined, { host, port, user }: ConfigQuestion): SshConfig {
  const options = [
    ...(file === undefined ? [] : ['-F', file]),
    ...(port === undefined ? [] : ['-p', `${port}`]),
    ...(user === undefined ? [] : ['-l', user]),
  ];
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  return parseSshConfig(
    execFileSync('ssh', ['-G', ...options, '--', host], {
      encoding: 'utf8',
      env: { ...env, PATH },
      stdio: [...stdio],
    }),
  );
}

/** Reads all in one go, checks that `ssh` says the same about each, and returns how often `ssh` was started. */
async function startsFor(questions: readonly ConfigQuestion[], files: Readonly<Record<string, string>>) {
  const path = homeWith(files);
  const ssh = countingSsh();
  const home = createHome({ PATH: ssh.PATH, HOME: path }, path);
  const reader = new SshConfigReader(home);
  const answers = await Promise.all(questions.map((question) => reader.read(question, question.host)));
  const file = files['config'] === undefined ? 'none' : join(path, '.ssh/config');
  expect(answers).toEqual(questions.map((question) => askSsh(home, file, question)));
  return ssh.started();
}

const hosts = (names: readonly string[]) => names.map((host) => ({ host }));

describe('the settings of several hosts', () => {
  it.each<[string, Record<string, string>]>([
    ['no file', {}],
    ['an empty file', { config: '' }],
    ['settings for all', { config: 'User ops\nPort 2200\nIdentityFile ~/.ssh/a\nIdentityFile ~/.ssh/b\n' }],
    ['Host *', { config: '# Host edge\r\nhost = "*"\r\n  User ops\r\n  AddressFamily inet6\r\n' }],
    ['a host key alias', { config: 'HostKeyAlias fleet\nUserKnownHostsFile ~/.ssh/x ~/.ssh/y\n' }],
    ['CanonicalizeHostname no', { config: 'CanonicalizeHostname no\nCanonicalDomains example\n' }],
    ['a ProxyCommand', { config: 'ProxyCommand nc gate 22\nIdentityAgent none\nIdentitiesOnly yes\n' }],
    ['Include', { config: 'Include conf.d-*\nInclude missing/*\n', 'conf.d-1': 'Host *\n User ops\n' }],
  ])('are asked for once with %s', async (_name, files) => {
    expect(await startsFor(hosts(HOSTS), files)).toBe(1);
  });

  it.each<[string, Record<string, string>]>([
    ['Host', { config: 'Host edge.example\n User ops\n' }],
    ['Host in odd clothes', { config: 'hOsT="192.0.2.*"\n User ops\n' }],
    ['Host with a quote in its name', { config: 'Ho"st" edge.example\n User ops\n' }],
    ['Match', { config: 'Match host *.example\n User ops\n' }],
    ['a Host that is included', { config: 'Include more\n', more: 'Host edge.example\n User ops\n' }],
    ['a Host that ~ leads to', { config: 'Include ~/.ssh/m?re\n', more: 'Host edge.example\n User ops\n' }],
    ['a token', { config: 'ControlPath ~/.ssh/%h\n' }],
    ['HostName', { config: 'HostName 192.0.2.1\n' }],
    ['a HostName made of the host', { config: 'HostName %h.net\n' }],
    ['ProxyJump', { config: 'ProxyJump gate\n' }],
  ])('are asked for one by one with %s', async (_name, files) => {
    expect(await startsFor(hosts(HOSTS), files)).toBe(HOSTS.length);
  });

  it('are asked for once for each user and port', async () => {
    const questions = HOSTS.flatMap((host) => [{ host }, { host, user: 'root' }, { host, port: 2201 }]);
    expect(await startsFor(questions, { config: 'User ops\n' })).toBe(3);
  });

  it('are asked for singly where ssh changes the host', async () => {
    const changed = ['Edge.Example', '127.1', '010.0.0.1', '0x7f000001', '0:0::1'];
    expect(await startsFor(hosts([...changed, ...HOSTS]), {})).toBe(changed.length + 1);
  });

  it('are those of the user and of the system, where $HOME is not set aside', async () => {
    const home = createHome({ PATH }, createHome({}).passwd);
    const reader = new SshConfigReader(home);
    const answers = await Promise.all(HOSTS.map((host) => reader.read({ host }, host)));
    expect(answers).toEqual(HOSTS.map((host) => askSsh(home, undefined, { host })));
  });
});

describe('a refusal', () => {
  it('names each node that it concerns', async () => {
    const ssh = countingSsh();
    const path = homeWith({ config: 'Nonsense yes\n' });
    const reader = new SshConfigReader(createHome({ PATH: ssh.PATH }, path));
    const refused = await Promise.all(HOSTS.map((host, at) => failure(reader.read({ host }, `n${at}`))));
    expect(refused.map(({ error }) => [error.details.node, error.message])).toEqual(
      HOSTS.map((host, at) => [`n${at}`, `ssh could not read its settings for ${host}`]),
    );
    expect(ssh.started()).toBe(HOSTS.length);
  });

  it('of the jump host leaves the others their answer', async () => {
    const reader = new SshConfigReader(
      createHome({ PATH }, homeWith({ config: 'ProxyJump edge.example\n' })),
    );
    const asked = HOSTS.map((host) => reader.read({ host }, host));
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});

describe('a machine without bash', () => {
  it.each([true, false])('reads them, or says that ssh is missing (ssh: %s)', async (hasSsh) => {
    const path = homeWith({ config: 'User ops\n' });
    const programs = folder();
    const needed = ['sh', ...(hasSsh ? ['ssh'] : [])];
    for (const name of needed) {
      const real = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
      symlinkSync(real, join(programs, name));
    }
    const reader = new SshConfigReader(createHome({ PATH: programs, HOME: path }, path));
    const read = reader.read({ host: 'edge.example' }, 'edge');
    if (hasSsh) expect((await read).user).toBe('ops');
    else expect((await read.catch((error) => error)).details.fix).toMatch(/^install the OpenSSH client/);
  });
});
