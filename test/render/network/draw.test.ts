import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';
import { loadInventory } from '../../../src/inventory/index.js';
import { LAYERS } from '../../../src/layers/table.js';
import { createPaint } from '../../../src/render/colour.js';
import { drawNetwork } from '../../../src/render/network/draw.js';
import { PLAIN } from '../helpers.js';

const FOLDER = join(process.cwd(), 'inventory');

type Loaded = Awaited<ReturnType<typeof loadInventory>>;

const draw = (inventory: Loaded, width = 80, paint = PLAIN): string => {
  const calls = LAYERS.flatMap((layer) => layer.describe?.(inventory)?.calls ?? []);
  return drawNetwork(inventory, calls, { width, paint });
};
const drawn = async (name: string, width?: number): Promise<string> =>
  draw(await loadInventory(join(FOLDER, `${name}.yaml`)), width);

it('draws a mesh: the edge outside, the site with its LAN, NAT, forwards and nodes, and who connects to whom', async () => {
  expect(await drawn('home-mesh')).toBe(
    `┌ ctb-edge-1 (edge) ┐
│ 198.51.100.25     │
│ mesh 172.27.15.31 │
└──┬────────────────┘
═══╪═══════════════════════════════ internet ═══════════════════════════════════
┌──┴ home ──────────────────────────────────────────────────────────┐
│ LAN 192.168.15.0/24; NAT behind 203.0.113.10                      │
│ udp 51820 -> wk-1:51820   udp 51821 -> ms-1:51820                 │
│ udp 51822 -> wk-2:51820                                           │
│ ┌ ms-1 (server) ────┐ ┌ wk-1 (worker) ────┐ ┌ wk-2 (worker) ────┐ │
│ │ 192.168.15.2      │ │ 192.168.15.3      │ │ 192.168.15.4      │ │
│ │ mesh 172.27.15.12 │ │ mesh 172.27.15.11 │ │ mesh 172.27.15.13 │ │
│ └───────────────────┘ └───────────────────┘ └───────────────────┘ │
└───────────────────────────────────────────────────────────────────┘

who connects to whom
  ctb-edge-1  --> ms-1 at 203.0.113.10:51821, forwarded
  ctb-edge-1  --> wk-1 at 203.0.113.10:51820, forwarded
  ctb-edge-1  --> wk-2 at 203.0.113.10:51822, forwarded
  all of home --> ctb-edge-1 at 198.51.100.25:51820, keepalive 25 s
  all of home <-> each other on the LAN of home
`,
  );
});

it('is drawn in the documentation as it is now', async () => {
  expect(readFileSync('docs/commands.md', 'utf8')).toContain(await drawn('home-mesh'));
});

it('draws a hub with a phone, and the gateway to a LAN', async () => {
  expect(await drawn('phone-home')).toBe(
    `┌ vps (hub) ────┐
│ 198.51.100.8  │ ┌ phone (client) ┐
│ home 10.8.0.1 │ │ home 10.8.0.2  │
│ hub of home   │ │ split tunnel   │
└──┬────────────┘ └──┬─────────────┘
═══╪═════════════════╧═════════════ internet ═══════════════════════════════════
┌──┴ home ──────────────────────────────────────────────────────────┐
│ LAN 192.168.1.0/24; NAT behind 203.0.113.8                        │
│ ┌ node-a (gateway) ─────────┐ ┌ lan-1 ────────┐ ┌ lan-2 ────────┐ │
│ │ 192.168.1.10              │ │ 192.168.1.100 │ │ 192.168.1.101 │ │
│ │ home 10.8.0.3             │ └───────────────┘ └───────────────┘ │
│ │ gateway to 192.168.1.0/24 │                                     │
│ └───────────────────────────┘                                     │
└───────────────────────────────────────────────────────────────────┘

who connects to whom
  node-a --> vps at 198.51.100.8:51820, keepalive 25 s
  phone  --> vps at 198.51.100.8:51820
`,
  );
});

it('draws both families of a dual-stack network', async () => {
  const text = await drawn('dual-stack');
  expect(text).toContain('│ LAN 192.168.178.0/24, fda8:a1db:5685::/64; NAT behind 2001:db8:5685::1 │\n');
  expect(text).toContain('│ cluster 10.86.0.201            │\n│ cluster fda8:a1db:5685:86::201 │\n');
  expect(text).toContain('  ionos       --> k3s-node1 at [2001:db8:5685:1::5]:56527\n');
});

it('draws sites next to each other if they fit, else each below a line of its own, and pairs through a relay', async () => {
  expect((await drawn('relay')).match(/═ internet ═/g)).toHaveLength(2);
  const wide = await drawn('relay', 120);
  expect(wide.match(/═ internet ═/g)).toHaveLength(1);
  expect(wide).toContain('\n┌──┴ home ─────────────────────────────────────┐ ┌──┴ cabin ─────');
  expect(wide.split('\n')[5]).toMatch(/^═{3}╪═{48}╤══ internet ═+$/);
  expect(wide).toContain('  all of home          --> cabin-1 through edge-1\n');
});

it('has no line wider than the terminal, nor a box with a gap, whatever the inventory', async () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))) {
    const inventory = await loadInventory(join(FOLDER, file));
    for (const width of [40, 60, 80, 120]) {
      const lines = draw(inventory, width).split('\n');
      expect({ file, wide: lines.filter((line) => stringWidth(line) > width) }).toEqual({ file, wide: [] });
    }
    const plain = draw(inventory);
    expect(stripVTControlCharacters(draw(inventory, 80, createPaint(true)))).toBe(plain);
  }
});

it('has lines instead of boxes for many nodes and many clients', async () => {
  const base = await loadInventory(join(FOLDER, 'phone-home.yaml'));
  const [network] = base.networks;
  const [client] = network?.clients ?? [];
  const [vps, ...rest] = base.nodes;
  const lan = rest.at(-1);
  if (!network || !client || !vps || !lan) throw new Error('the inventory has changed');
  const many = <T>(number: number, make: (index: number) => T): T[] =>
    Array.from({ length: number }, (_, index) => make(index));
  const text = draw({
    ...base,
    nodes: [
      vps,
      ...rest,
      ...many(12, (n) => ({ ...lan, name: `pc-${n}`, lanAddresses: [`192.168.1.${110 + n}`] })),
    ],
    networks: [{ ...network, clients: many(12, (n) => ({ ...client, name: `phone-${n}` })) }],
  });
  expect(text).toContain('12 clients');
  expect(text).toMatch(/│ phone-0 {3}home 10\.8\.0\.2 {2}split tunnel {2}phone-6 /);
  expect(text).toMatch(/│ node-a {2}192\.168\.1\.10 {3}home 10\.8\.0\.3 /);
  expect(text).not.toContain('┌ pc-1');
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBe(80);
});
