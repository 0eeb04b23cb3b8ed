import { show, suggest } from '../../../document/index.js';
import { hostRoute } from '../../../model/address.js';
import type { Member, Unmanaged } from '../../../model/inventory.js';
import { type Parsed, parseAddress, parseRange } from '../../../model/parse-address.js';
import type { RawNetwork } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';

/** An address stands for itself. */
function parseRoute(text: string): Parsed {
  if (text.includes('/')) return parseRange(text);
  const parsed = parseAddress(text);
  return parsed.ok ? { ...parsed, text: hostRoute(parsed.text) } : parsed;
}

/** The unmanaged peers of a network, with canonical ranges. */
export function resolveUnmanaged(
  work: Resolution,
  network: string,
  raw: RawNetwork,
  members: readonly Member[],
): Unmanaged[] {
  const names = members.map(({ node }) => node);
  return Object.entries(raw.unmanaged ?? {}).map(([name, written]): Unmanaged => {
    const path = ['networks', network, 'unmanaged', name];
    const { publicKey = '', keepalive, presharedKey = false } = written;
    const [, host, port] = /^(.+):(\d+)$/.exec(written.endpoint ?? '') ?? [];
    const asked = typeof written.on === 'string' ? [written.on] : (written.on ?? []);
    const on = asked.filter((node) => node !== null);
    for (const node of on.filter((one) => !names.includes(one))) {
      const message = `must name a member of the network; got ${show(node)}`;
      work.report([...path, 'on'], message, suggest(node, names, 'the network has no members'));
    }
    return {
      name,
      on: on.filter((node) => names.includes(node)),
      publicKey,
      allowedIps: work.parseAll([...path, 'allowedIps'], written.allowedIps, parseRoute),
      ...(host !== undefined && { endpoint: { host: host.replace(/^\[|\]$/g, ''), port: Number(port) } }),
      ...(keepalive !== undefined && { keepalive }),
      presharedKey,
    };
  });
}
