import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { familyOf } from '../../model/address.js';
import { command } from '../../remote/quote.js';
import type { LabPaths } from '../names.js';
import { writeGuestFiles } from '../network/guest.js';
import { resolverText } from '../topology/internet.js';
import { VISITOR } from '../topology/network.js';
import type { LabPlan } from '../types.js';
import { startAuthority } from './authority.js';
import challenges from './challenges.sh';
import { startDns } from './dns.js';
import { startLogin } from './login.js';
import { listen } from './request.js';
import type { AuthorityPlan, DnsPlan } from './types.js';

/**
 * Starts what the internet of a lab has besides addresses; nothing in most labs. `headscale` is the program of that name, for a plan
 * with a login server.
 */
export async function startInternet(
  { internet }: Pick<LabPlan, 'internet'>,
  paths: LabPaths,
  {
    headscale,
    signal,
  }: { readonly headscale?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  if (internet === undefined) return;
  const { dns, authority, login, visitor } = internet;
  await mkdir(dirname(paths.guest(VISITOR)), { recursive: true, mode: 0o700 });
  await writeGuestFiles(paths.guest(VISITOR), {
    hosts: '127.0.0.1 localhost\n::1 localhost\n',
    resolver: resolverText(internet, visitor),
  });
  await startDns(dns, paths);
  const trusted = [
    ...(authority === undefined ? [] : [await startIssuing(authority, dns, paths, signal)]),
    ...(login === undefined || headscale === undefined
      ? []
      : [await startLogin(login, headscale, paths, signal)]),
  ];
  if (trusted.length === 0) return;
  await mkdir(paths.home, { recursive: true, mode: 0o700 });
  await writeFile(paths.trusted, trusted.join(''));
  await chmod(paths.trusted, 0o644);
}

/** The authority, and what takes the records of its challenges. */
async function startIssuing(
  authority: AuthorityPlan,
  dns: DnsPlan,
  paths: LabPaths,
  signal?: AbortSignal,
): Promise<string> {
  for (const address of dns.addresses) {
    const [pf, bind] = familyOf(address) === 4 ? ['ip4', address] : ['ip6', `[${address}]`];
    const script = `RECORDS=${command(paths.dns('set'))}\n`;
    await listen(`challenges-${pf}`, `TCP-LISTEN:80,pf=${pf},bind=${bind}`, {
      script,
      program: challenges,
      paths,
    });
  }
  return startAuthority(authority, dns, paths, signal);
}
