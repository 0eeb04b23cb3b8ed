import { holderText, type Listening, listensAt } from '../../../facts/listening/listening.js';
import type { Inventory } from '../../../model/inventory.js';
import { inventoryOf } from '../../shared/managed.js';
import type { Explanation } from '../../step.js';
import { DNS_PORT } from '../openings.js';
import type { WantedView } from '../resolver/resolver.js';
import { isOurUnit } from '../resolver/unit.js';
import type { SeenDns } from './seen.js';

/** A port that somebody else has, and what another inventory has set up. */
export function refuseDns(
  { name }: Inventory,
  node: string,
  seen: SeenDns,
  wanted: readonly WantedView[],
): Explanation[] {
  if (wanted.length === 0) return [];
  const owner = [...seen.files.values()]
    .map(({ content = '' }) => inventoryOf(content))
    .find((one) => one !== undefined);
  const foreign: Explanation[] =
    owner === undefined || owner === name
      ? []
      : [
          {
            code: 'E_NOT_OURS',
            message: `${node} answers names for inventory ${owner}`,
            fix: 'remove it from dns.serve of one of the two inventories, and apply that one first',
          },
        ];
  const held = wanted.flatMap(({ view }) =>
    seen.sockets
      .filter((one) => one.port === DNS_PORT && !isOurUnit(one.unit) && listensAt(one, view.addresses))
      .map((one) => refusal(node, one, view.addresses)),
  );
  return [...foreign, ...new Map(held.map((one) => [one.message, one])).values()];
}

function refusal(node: string, holder: Listening, addresses: readonly string[]): Explanation {
  const at = addresses.find((address) => address === holder.address) ?? 'all addresses';
  return {
    code: 'E_NOT_OURS',
    message: `port ${DNS_PORT}/${holder.protocol} of ${node} at ${at} is held by ${holderText(holder)}`,
    fix: fixFor(node, holder, addresses),
  };
}

/** By the programs that usually have it. */
function fixFor(node: string, { program = '', unit }: Listening, addresses: readonly string[]): string {
  const where = addresses.join(' and ');
  const other = `or let another node serve, by dns.serve`;
  if (program.startsWith('systemd-resolve')) {
    return `remove DNSStubListenerExtra for ${where} from /etc/systemd/resolved.conf and the files in resolved.conf.d on ${node}, and restart systemd-resolved: it may keep 127.0.0.53; ${other}`;
  }
  if (program.startsWith('pihole')) {
    return `leave ${where} to Bridgehead, by having Pi-hole listen on other addresses and be dns.upstream; ${other}`;
  }
  if (program.startsWith('dnsmasq')) {
    return `have it leave ${where}, by bind-dynamic and except-interface in its configuration, or stop ${unit ?? program} now and at boot; ${other}`;
  }
  return `stop ${unit ?? 'what holds it'} on ${node}, now and at boot, or have it leave ${where}; ${other}`;
}
