import { type Plain, show } from '../../document/index.js';
import { addressAt } from '../../model/address.js';
import { parseRange } from '../../model/parse-address.js';
import { at, field } from './fields.js';
import type { Found, Place } from './found.js';
import { documentOf, type Source } from './source.js';

/** Reads `hcloud server list -o json`. */
export function readHcloud(source: Source, found: Found): void {
  const document = documentOf(source);
  const servers = Array.isArray(document.value) ? document.value : [document.value];
  for (const [index, server] of servers.entries()) {
    const place = at(document, [index]);
    const name = field(server, ['name']);
    if (typeof name !== 'string') {
      found.problem(place, 'is not a server', 'import the output of `hcloud server list -o json`');
      continue;
    }
    const status = field(server, ['status']);
    if (status !== undefined && status !== 'running') found.note(place, `${name} is ${status}`);
    const four = field(server, ['public_net', 'ipv4', 'ip']);
    const six = ownAddress(field(server, ['public_net', 'ipv6', 'ip']), place, found);
    const addresses = [four, six].flatMap((one) =>
      typeof one === 'string' && one !== '' ? (found.address(place, one) ?? []) : [],
    );
    const role = field(server, ['labels', 'role']);
    for (const ip of privateAddresses(server)) {
      found.note(place, `${name} is also ${ip} in a private network, which was left out`);
    }
    found.machines.push({
      name,
      at: place,
      ssh: { user: 'root' },
      addresses,
      ...(typeof role === 'string' && found.fitting(place, 'label role', role, 'name') && { node: { role } }),
    });
  }
}

/** Hetzner gives a server a /64, and the server uses its first address. */
function ownAddress(range: Plain | undefined, place: Place, found: Found): string | undefined {
  if (typeof range !== 'string') return undefined;
  if (!range.includes('/')) return range;
  const parsed = parseRange(range);
  if (parsed.ok) return addressAt(parsed.text, 1);
  found.problem(place, `${show(range)} ${parsed.message}`, parsed.fix);
  return undefined;
}

function privateAddresses(server: Plain): string[] {
  const nets = field(server, ['private_net']);
  return (Array.isArray(nets) ? nets : []).flatMap((net) => {
    const ip = field(net, ['ip']);
    return typeof ip === 'string' ? [ip] : [];
  });
}
