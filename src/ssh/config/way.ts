import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Way, WayStop } from '../../remote/transport.js';
import type { Hop } from './hop.js';

/** The stops of a hop and of the jump hosts before it, with the address of the first if its name resolves. */
export async function wayBy(hop: Hop): Promise<Way> {
  const [first, ...rest] = stopsOf(hop);
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return {
    stops: first === undefined ? [] : [{ ...first, host: await addressOf(first.host, hop.family) }, ...rest],
    here: own.flatMap(({ cidr }) => cidr ?? []),
  };
}

function stopsOf({ node, host, port, via }: Hop): WayStop[] {
  return [...(via === undefined ? [] : stopsOf(via)), { name: node, host, port }];
}

async function addressOf(host: string, family: Hop['family']): Promise<string> {
  if (isIP(host) !== 0) return host;
  return lookup(host, { family }).then(
    ({ address }) => address,
    () => host,
  );
}
