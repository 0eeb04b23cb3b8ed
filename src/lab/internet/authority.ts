import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { command } from '../../remote/quote.js';
import { must } from '../host/command.js';
import { untilAnswered } from '../host/until-answered.js';
import { launch } from '../machine/launch.js';
import type { LabPaths } from '../names.js';
import { inside } from '../network/namespaces.js';
import { SERVICES } from '../topology/network.js';
import makeAuthority from './make-authority.sh';
import refusingAuthority from './refusing-authority.sh';
import { listen } from './request.js';
import { authorityRules, REFUSING_PORT } from './rules.js';
import type { AuthorityPlan, DnsPlan } from './types.js';

const DEADLINE_MS = 20_000;
const MANAGEMENT_PORT = 15_000;

/** The paths of what was refused over the limit, a line each. */
export const refusedFile = (paths: LabPaths): string => paths.authority('refused');

/** Text of pebble's configuration. Certificates are valid for 90 days, as those of Let's Encrypt. */
export function pebbleConfig(folder: string): string {
  const pebble = {
    listenAddress: ':443',
    managementListenAddress: `127.0.0.1:${MANAGEMENT_PORT}`,
    certificate: `${folder}/server.pem`,
    privateKey: `${folder}/server.key`,
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
    certificateValidityPeriod: 90 * 24 * 3600,
  };
  return `${JSON.stringify({ pebble }, null, 2)}\n`;
}

/** Validates every order, at once, and accepts every nonce. */
const PEBBLE_ENVIRONMENT = {
  PEBBLE_VA_NOSLEEP: '1',
  PEBBLE_WFE_NONCEREJECT: '0',
  PEBBLE_AUTHZREUSE: '0',
};

/** Starts the lab's authority; resolves with the certificates by which it, and what it issues, is trusted. */
export async function startAuthority(
  plan: AuthorityPlan,
  dns: DnsPlan,
  paths: LabPaths,
  signal?: AbortSignal,
): Promise<string> {
  const { directory, addresses, standsFor } = plan;
  const folder = paths.authority();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own = new URL(directory).hostname;
  const names = [...new Set([own, ...standsFor])];
  await must(['sh', '-c', makeAuthority, 'sh', folder, paths.lab, ...names], { signal });
  await writeFile(paths.authority('pebble.json'), pebbleConfig(folder), { mode: 0o600 });
  const pin = paths.namespace(SERVICES);
  const pebble = [
    'pebble',
    '-config',
    paths.authority('pebble.json'),
    '-dnsserver',
    `${dns.addresses[0]}:53`,
  ];
  await launch(paths, 'helpers/authority', inside(pin, ...pebble), PEBBLE_ENVIRONMENT);

  const root = paths.authority('root.pem');
  const issuer = await fetchWhenUp(`https://localhost:${MANAGEMENT_PORT}/roots/0`, [], paths, signal);

  const resolve = ['--resolve', `${own}:443:${addresses[0]}`];
  const listing = await fetchWhenUp(directory, resolve, paths, signal);
  await writeFile(paths.authority('directory.json'), listing, { mode: 0o600 });
  const script = `DIRECTORY=${command(paths.authority('directory.json'))}\nREFUSED=${command(refusedFile(paths))}\n`;
  const tls = `cert=${paths.authority('server-both.pem')},verify=0`;
  const answers = { script, program: refusingAuthority, paths };
  await listen('refusing-authority', `OPENSSL-LISTEN:${REFUSING_PORT},pf=ip6,ipv6only=0,${tls}`, answers);
  await must(inside(pin, 'nft', '-f', '-'), { input: authorityRules('up', plan), signal });
  return `${await readFile(root, 'utf8')}${issuer}`;
}

/** What the authority answers in its own network, as soon as it does. E_LAB with its log if it never does. */
async function fetchWhenUp(
  url: string,
  options: readonly string[],
  paths: LabPaths,
  signal?: AbortSignal,
): Promise<string> {
  const curl = ['curl', '-sS', '--fail', '--noproxy', '*', '--max-time', '5'];
  const argv = [...curl, '--cacert', paths.authority('root.pem'), ...options, url];
  const what = "the lab's authority for certificates";
  return untilAnswered(
    { what, log: paths.log('helpers-authority'), deadlineMs: DEADLINE_MS, pause: 50, signal },
    inside(paths.namespace(SERVICES), ...argv),
  );
}
