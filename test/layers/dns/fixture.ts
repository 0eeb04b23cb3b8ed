import type { SeenUnit } from '../../../src/facts/unit.js';
import { answersAt } from '../../../src/layers/dns/answers.js';
import type { Dns } from '../../../src/layers/dns/inventory/types.js';
import { resolverOf, UNIT_PATH, unitOf, unitText } from '../../../src/layers/dns/resolver/unit.js';
import { wantedViews } from '../../../src/layers/dns/steps/plan.js';
import type { SeenDns } from '../../../src/layers/dns/steps/seen.js';
import type { Place } from '../../../src/layers/dns/views.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { resolve } from '../../inventory/support.js';
import { NO_FACTS } from '../../support/step-context.js';

/** A rented edge, one at home, two machines of the LAN, one of which answers names, and one on another LAN. */
export const TEXT = `name: split
sites:
  home:
    subnet: [192.168.1.0/24, "fd42:1::/64"]
    router: 192.168.1.1
    public: [203.0.113.8, "2001:db8:88::8"]
    forwards: [{ protocol: tcp, port: 443, node: box }]
  barn: { subnet: 192.168.2.0/24, router: 192.168.2.1 }
nodes:
  vps: { public: [198.51.100.8, "2001:db8:8::1"] }
  box: { site: home, lan: [192.168.1.5, "fd42:1::5"] }
  home-1: { site: home, lan: [192.168.1.10, "fd42:1::10"] }
  barn-1: { site: barn, lan: 192.168.2.10 }
networks:
  mesh:
    range: [10.88.0.0/24, "fd42:88::/64"]
    relay: vps
    addresses:
      vps: [10.88.0.1, "fd42:88::1"]
      home-1: [10.88.0.10, "fd42:88::10"]
      barn-1: [10.88.0.20, "fd42:88::20"]
edges:
  vps: { acme: { email: me@example.com } }
  box: { acme: { email: me@example.com } }
apps:
  photos: { host: photos.example.com, edge: vps, to: { node: home-1, port: 2283 } }
  start: { host: [start.example.com, www.example.com], edge: box, to: { node: box, port: 3000 } }
dns:
  zone: home.example.com
  serve: home-1
  records: { printer: 192.168.1.50, "*.dev": home-1 }
`;

export const INVENTORY: Inventory = resolve(TEXT).inventory;

export const dnsOf = ({ dns }: Inventory): Dns => {
  if (dns === undefined) throw new TypeError('no dns');
  return dns;
};

/** The same inventory with other words for `dns`. */
export const withDns = (changes: Partial<Dns>, inventory = INVENTORY): Inventory => ({
  ...inventory,
  dns: { ...dnsOf(inventory), ...changes },
});

export const LAN: Place = { kind: 'lan', site: 'home' };
export const MESH: Place = { kind: 'network', network: 'mesh' };

/** What names answer at a place: addresses in one line, by name. */
export const answered = (place: Place, inventory = INVENTORY): Record<string, string> =>
  Object.fromEntries(
    answersAt({ inventory, facts: NO_FACTS, place }, dnsOf(inventory)).map(({ name, addresses }) => [
      name,
      addresses.join(' '),
    ]),
  );

export const NOTHING: SeenDns = { files: new Map(), units: new Map(), present: [], sockets: [] };

export const RUNS: SeenUnit = {
  loadState: 'loaded',
  activeState: 'active',
  active: true,
  fileState: 'enabled',
  startedAt: 2000,
  modified: new Map(),
};
export const file = (content: string, modified = 1000) => ({
  mode: '644 root:root',
  modified,
  sha256: '',
  content,
});

/** A node on which everything is as an inventory wants it. */
export function done(inventory: Inventory): SeenDns {
  const views = wantedViews(inventory, NO_FACTS, 'home-1');
  const resolver = resolverOf(dnsOf(inventory));
  const units = views.map(({ view }) => unitOf(view.id));
  return {
    files: new Map([
      [UNIT_PATH, file(unitText(resolver))],
      ...views.flatMap((one) => {
        const { config, others } = resolver.files(one);
        return [...others, config].map(({ path, content }) => [path, file(content)] as const);
      }),
    ]),
    units: new Map(units.map((unit) => [unit, RUNS])),
    present: units,
    sockets: [
      {
        protocol: 'udp',
        address: '192.168.1.10',
        port: 53,
        pid: '7',
        program: 'dnsmasq',
        unit: unitOf('lan'),
      },
    ],
  };
}
