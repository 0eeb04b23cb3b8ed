import { BridgeheadError } from '../../core/errors.js';
import { isIn } from '../../layers/dns/inventory/names.js';
import { PUBLIC_TTL, type PublicRecord } from '../../layers/dns/public-records.js';

/** Lines for a zone file, which can be included in one of any zone: all names are complete. */
export function zoneFile(inventory: string, records: readonly PublicRecord[]): string {
  const lines = records.flatMap(({ name, type, addresses }) =>
    addresses.map((address) => `${name}. IN ${type} ${address}`),
  );
  return [
    `; Public records of ${inventory}, by bridgehead dns records.`,
    `$TTL ${PUBLIC_TTL}`,
    ...lines,
    '',
  ].join('\n');
}

/**
 * The zone at the provider that has all of the names: the longest name that they have in common. A single name has the one above it.
 * E_USAGE if they have none.
 */
export function commonZone(records: readonly PublicRecord[]): string {
  const names = [...new Set(records.map(({ name }) => name.replace(/^\*\./, '')))].map((name) =>
    name.split('.'),
  );
  const [first = []] = names;
  const from = first.findIndex((_, at) => {
    const end = first.slice(at).join('.');
    return names.every((labels) => isIn(labels.join('.'), end));
  });
  const common = from < 0 ? [] : first.slice(from);
  const isOnly = common.length === first.length && names.length === 1 && first.length > 2;
  const zone = isOnly ? common.slice(1) : common;
  if (zone.length >= 2) return zone.join('.');
  throw new BridgeheadError('E_USAGE', 'the names are in several zones, and a file for OctoDNS has one', {
    evidence: names.map((labels) => labels.join('.')).join(', '),
    fix: 'choose one with --zone, such as --zone example.com',
  });
}

const ownName = (name: string, zone: string): string =>
  name === zone ? '' : name.slice(0, -zone.length - 1);

/** OctoDNS's file of a zone: names relative to it, in the order that OctoDNS insists on. */
export function octodns(zone: string, records: readonly PublicRecord[]): string {
  const names = [...new Set(records.map(({ name }) => name))]
    .map((name) => ({ name, own: ownName(name, zone) }))
    .toSorted((a, b) => a.own.localeCompare(b.own, 'en', { numeric: true }));
  const entries = names.map(({ name, own }) => {
    const parts = records
      .filter((record) => record.name === name)
      .map(
        ({ type, addresses }) =>
          `  - ttl: ${PUBLIC_TTL}\n    type: ${type}\n    values:\n${addresses.map((address) => `      - '${address}'\n`).join('')}`,
      );
    return `'${own}':\n${parts.join('')}`;
  });
  return `---\n# ${zone}.yaml\n${entries.join('')}`;
}
