import { EXIT } from '../../core/errors.js';
import { isIn } from '../../layers/dns/inventory/names.js';
import { type PublicRecord, publicRecords } from '../../layers/dns/public-records.js';
import { type RouterSettings, routerSettings } from '../../layers/dns/router-settings.js';
import { familyOf } from '../../model/address.js';
import { table } from '../../render/table.js';
import { locateInventory } from '../locate.js';
import { type Io, paintFor } from '../terminal/io.js';
import type { RecordFormat } from './format-names.js';
import { commonZone, octodns, zoneFile } from './formats.js';

export interface DnsRecordsOptions {
  readonly inventory?: string;
  readonly format: RecordFormat;
  /** Only names in this zone. */
  readonly zone?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

/** `dns records`: what has to be published, and what has to be typed into routers. Offline. */
export async function listRecords(options: DnsRecordsOptions, io: Io): Promise<number> {
  const { loadInventory } = await import('../../inventory/index.js');
  const inventory = await loadInventory(locateInventory(options.inventory, io.cwd));
  const zone = options.zone?.toLowerCase().replace(/\.$/, '');
  const records = publicRecords(inventory).filter(({ name }) => zone === undefined || isIn(name, zone));
  const routers = routerSettings(inventory);
  const write = (text: string): void => void io.stdout.write(text);
  if (options.json === true) write(`${JSON.stringify({ public: records, routers }, null, 2)}\n`);
  else if (options.format === 'zone') write(zoneFile(inventory.name, records));
  else if (options.format === 'octodns') write(octodns(zone ?? commonZone(records), records));
  else write(list(records, routers, paintFor(io, 'stdout', options.color).faint));
  return EXIT.go;
}

function list(
  records: readonly PublicRecord[],
  routers: readonly RouterSettings[],
  faint: (text: string) => string,
): string {
  const head = ['name', 'type', 'value', 'for'].map(faint);
  const rows = records.flatMap(({ name, type, addresses, apps }) =>
    addresses.map((address) => [name, type, address, apps.join(', ')]),
  );
  const provider =
    rows.length === 0
      ? 'The inventory has no names to publish.\n'
      : `${faint('at the provider of the zone')}\n${table([head, ...rows]).join('\n')}\n`;
  return [provider, ...routers.map((one) => routerText(one, faint))].join('\n');
}

/** The words of a Fritz!Box are in docs/dns.md: each router has its own. */
function routerText({ site, servers, rebind }: RouterSettings, faint: (text: string) => string): string {
  const given = servers.map((address) => [
    familyOf(address) === 4 ? 'DNS server that DHCP gives out' : 'DNS server that IPv6 advertises',
    address,
  ]);
  const allowed = rebind.map((name) => ['exception from rebind protection', name]);
  return `${faint(`in the router of ${site}`)}\n${table([...given, ...allowed]).join('\n')}\n`;
}
