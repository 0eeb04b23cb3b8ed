import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeheadError } from '../errors.js';
import { sanitize } from '../remote/sanitize.js';
import type { Home } from './home.js';
import { localCommand } from './local-command.js';

const TIMEOUT_MS = 10_000;

/** What ~/.ssh/config and /etc/ssh/ssh_config say about one host; paths as they stand there. */
export interface SshConfig {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly family: 0 | 4 | 6;
  readonly hostKeyAlias?: string | undefined;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly certificates: readonly string[];
  readonly identityAgent?: string | undefined;
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly proxyJump?: string | undefined;
  readonly proxyCommand?: string | undefined;
}

/** Reads the answer of `ssh -G`: one `keyword value` a line. */
export function parseSshConfig(text: string): SshConfig {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const name = line.slice(0, space).toLowerCase();
    values.set(name, [...(values.get(name) ?? []), line.slice(space + 1).trim()]);
  }
  const one = (name: string) => values.get(name)?.[0];
  const set = (name: string) => (one(name) === 'none' ? undefined : one(name));
  const words = (name: string) =>
    (one(name) ?? '').split(/\s+/).filter((word) => word !== '' && word !== 'none');
  const family = one('addressfamily');
  return {
    hostname: one('hostname') ?? '',
    port: Number(one('port') ?? 22),
    user: one('user') ?? '',
    family: family === 'inet' ? 4 : family === 'inet6' ? 6 : 0,
    hostKeyAlias: set('hostkeyalias'),
    identityFiles: (values.get('identityfile') ?? []).filter((file) => file !== 'none'),
    identitiesOnly: one('identitiesonly') === 'yes',
    certificates: (values.get('certificatefile') ?? []).filter((file) => file !== 'none'),
    identityAgent: one('identityagent'),
    userKnownHosts: words('userknownhostsfile'),
    globalKnownHosts: words('globalknownhostsfile'),
    proxyJump: set('proxyjump'),
    proxyCommand: set('proxycommand'),
  };
}

export interface ConfigQuestion {
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}

/** The argv of the `ssh` that tells its settings for a host, without dialling it. */
export function sshConfigCommand(question: ConfigQuestion, configFile?: string): string[] {
  return [
    'ssh',
    '-G',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(question.port === undefined ? [] : ['-p', String(question.port)]),
    ...(question.user === undefined ? [] : ['-l', question.user]),
    '--',
    question.host,
  ];
}

/** Asks `ssh` itself, so that Include, Match and patterns mean what they mean to it. Fails with E_SSH_CONFIG. */
export async function readSshConfig(question: ConfigQuestion, home: Home, node: string): Promise<SshConfig> {
  const words = sshConfigCommand(question, await configFile(home));
  const reply = await localCommand(words, { env: home.env, timeoutMs: TIMEOUT_MS });
  if (reply.code === 0) return parseSshConfig(reply.stdout);
  const missing = reply.code === 127;
  throw new BridgeheadError('E_SSH_CONFIG', `ssh could not tell its settings for ${question.host}`, {
    node,
    evidence: sanitize(reply.stderr.trim(), 2000) || `ssh -G ended with ${reply.code ?? 'a signal'}`,
    fix: missing ? 'install the OpenSSH client (apt install openssh-client)' : 'mend ~/.ssh/config',
  });
}

/** `ssh` reads the passwd entry's home, so a $HOME set aside from it has to be named. */
async function configFile(home: Home): Promise<string | undefined> {
  if (home.path === home.passwd) return undefined;
  const file = join(home.path, '.ssh', 'config');
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? file : 'none';
}
