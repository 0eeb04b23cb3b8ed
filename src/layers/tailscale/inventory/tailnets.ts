import { show, suggest } from '../../../document/index.js';
import { parseRange } from '../../../model/parse-address.js';
import type { OneOrMore, RawTailnet } from '../../../model/raw.js';
import { parseUrl } from '../../../model/url.js';
import type { Resolution } from '../../resolution.js';
import { networksOfKind } from '../../shared/network-kind.js';
import { DEFAULT_LOGIN_SERVER, DEFAULT_PORT } from './schema.js';
import type { Tailnet, TailnetMember } from './types.js';

/** The networks that Tailscale makes, with defaults filled in. */
export function resolveTailnets(work: Resolution): Tailnet[] {
  return networksOfKind<RawTailnet>(work.raw.networks, 'tailscale').flatMap(([name, raw]): Tailnet[] => {
    const authKey = work.secret(['networks', name, 'authKey'], raw.authKey);
    const members = resolveMembers(work, name, raw);
    const server = raw.loginServer ?? DEFAULT_LOGIN_SERVER;
    const loginServer = work.parse(['networks', name, 'loginServer'], server, parseUrl) ?? server;
    if (authKey === undefined) return [];
    const tailnet = {
      name,
      loginServer: loginServer.replace(/\/+$/, ''),
      ...(raw.ca !== undefined && { ca: work.besideFile(raw.ca) }),
      authKey,
      members,
      tags: textsOf(raw.tags),
      acceptDns: raw.acceptDns ?? false,
      netfilter: raw.netfilter ?? 'on',
      port: raw.port ?? DEFAULT_PORT,
    };
    return [tailnet];
  });
}

const textsOf = (written: OneOrMore | undefined): string[] =>
  [written ?? []].flat().filter((text) => typeof text === 'string');

/** What names of members are judged by. */
interface Naming {
  readonly work: Resolution;
  readonly network: string;
  readonly members: readonly string[];
}

function resolveMembers(work: Resolution, network: string, raw: RawTailnet): TailnetMember[] {
  const names = membersOf(work, network, raw.members);
  const naming = { work, network, members: names };
  const accepting = namedIn(naming, 'accept', raw.accept);
  const offering = namedIn(naming, 'exitNodes', raw.exitNodes);
  const advertised = advertisedIn(naming, raw.advertise ?? {});
  const exits = exitsIn(naming, raw.exitNode ?? {}, offering);
  return names.map((node) => {
    const exitNode = exits.get(node);
    return {
      node,
      advertises: advertised.get(node) ?? [],
      accepts: accepting.has(node),
      offersExit: offering.has(node),
      ...(exitNode !== undefined && { exitNode }),
    };
  });
}

function membersOf(work: Resolution, network: string, written: OneOrMore = 'all'): string[] {
  const all = Object.keys(work.raw.nodes ?? {});
  if (written === 'all') return all;
  const wanted = textsOf(written).filter((node, index) => {
    const path = ['networks', network, 'members'];
    return work.refer(typeof written === 'string' ? path : [...path, index], node, 'node');
  });
  return all.filter((node) => wanted.includes(node));
}

function isMember(
  { work, network, members }: Naming,
  path: readonly (string | number)[],
  node: string,
  at: 'value' | 'key',
): boolean {
  if (members.includes(node)) return true;
  const message = `must name a member of the network; got ${show(node)}`;
  // What is wrong with the members makes others look like strangers.
  if (work.isFlawless(['networks', network, 'members']) && !work.isRefused(node, 'node'))
    work.report([...path], message, suggest(node, [...members], 'the network has no members'), at);
  return false;
}

function namedIn(
  naming: Naming,
  key: 'accept' | 'exitNodes',
  written: OneOrMore | undefined,
): ReadonlySet<string> {
  if (written === 'all') return new Set(naming.members);
  const path = ['networks', naming.network, key];
  return new Set(
    textsOf(written).filter((node, index) =>
      isMember(naming, typeof written === 'string' ? path : [...path, index], node, 'value'),
    ),
  );
}

function advertisedIn(
  naming: Naming,
  written: Readonly<Record<string, OneOrMore>>,
): ReadonlyMap<string, readonly string[]> {
  const path = ['networks', naming.network, 'advertise'];
  return new Map(
    Object.entries(written)
      .filter(([node]) => isMember(naming, [...path, node], node, 'key'))
      .map(([node, ranges]) => [node, naming.work.parseAll([...path, node], ranges, parseRange)]),
  );
}

function exitsIn(
  naming: Naming,
  written: Readonly<Record<string, string>>,
  offering: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const { work, network } = naming;
  const exits = Object.entries(written).filter(([node, exit]) => {
    const path = ['networks', network, 'exitNode', node];
    if (!isMember(naming, path, node, 'key')) return false;
    if (exit === node) {
      work.report(path, `${node} can't be its own exit node`, 'name another member, or remove the entry');
      return false;
    }
    if (offering.has(exit)) return true;
    if (
      work.isFlawless(['networks', network, 'members']) &&
      work.isFlawless(['networks', network, 'exitNodes'])
    ) {
      const message = `must name one of the exitNodes; got ${show(exit)}`;
      work.report(path, message, suggest(exit, [...offering], `add "exitNodes: ${exit}" to the network`));
    }
    return false;
  });
  return new Map(exits);
}
