import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { must, runCommand, tail } from '../host/command.js';
import { untilAnswered } from '../host/until-answered.js';
import { launch } from '../machine/launch.js';
import { LabPaths } from '../names.js';
import { inside } from '../network/namespaces.js';
import { LOGINS } from '../topology/network.js';
import type { Lab } from '../types.js';
import { headscaleConfig, headscalePolicy, loginRules } from './headscale.js';
import makeAuthority from './make-authority.sh';
import type { LoginPlan } from './types.js';

const DEADLINE_MS = 30_000;

/**
 * Starts the lab's login server, and writes for each network the key with which its nodes join where the laptop finds it. Resolves
 * with the certificate by which the server is trusted.
 */
export async function startLogin(
  plan: LoginPlan,
  headscale: string,
  paths: LabPaths,
  signal?: AbortSignal,
): Promise<string> {
  const folder = paths.login();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await must(['sh', '-c', makeAuthority, 'sh', folder, `${paths.lab}, login server`, ...plan.hosts], {
    signal,
  });
  const config = paths.login('config.yaml');
  await writeFile(config, headscaleConfig(plan, folder), { mode: 0o600 });
  await writeFile(paths.login('policy.json'), headscalePolicy(plan), { mode: 0o600 });
  const pin = paths.namespace(LOGINS);
  if (plan.ports.length > 0) await must(inside(pin, 'nft', '-f', '-'), { input: loginRules(plan), signal });
  await launch(paths, 'helpers/login', inside(pin, headscale, 'serve', '--config', config));

  const words = (...more: readonly string[]) => [headscale, '--config', config, '--output', 'json', ...more];
  await untilAnswered(
    {
      what: "the lab's login server",
      log: paths.log('helpers-login'),
      deadlineMs: DEADLINE_MS,
      pause: 100,
      signal,
    },
    words('users', 'list'),
  );
  for (const { name } of plan.networks) {
    const { id } = await answered<{ id: number | string }>(words('users', 'create', name), signal);
    const options = ['--user', `${id}`, '--reusable', '--expiration', '24h'];
    const { key } = await answered<{ key: string }>(words('preauthkeys', 'create', ...options), signal);
    const file = paths.joinKey(name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, `${key}\n`, { mode: 0o600 });
  }
  return readFile(paths.login('root.pem'), 'utf8');
}

/** Where the laptop finds the key with which nodes join a network. */
export interface JoinKey {
  readonly network: string;
  readonly file: string;
}

/** Those of a lab that is up; none if it has no login server. */
export const joinKeys = ({ name, plan }: Pick<Lab, 'name' | 'plan'>): readonly JoinKey[] =>
  (plan.internet?.login?.networks ?? []).map(({ name: network }) => ({
    network,
    file: new LabPaths(name).joinKey(network),
  }));

async function answered<T>(argv: readonly string[], signal: AbortSignal | undefined): Promise<T> {
  const { code, stdout, stderr } = await runCommand(argv, { signal });
  if (code === 0) return JSON.parse(stdout) as T;
  throw new BridgeheadError('E_LAB', "the lab's login server refused what the lab needs", {
    evidence: tail(stderr),
  });
}
