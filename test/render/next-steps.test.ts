import { join } from 'node:path';
import { loadInventory } from '../../src/inventory/index.js';
import type { Inventory, Reach } from '../../src/model/inventory.js';
import { afterApply, afterPlan, afterRehearsal, afterValidation } from '../../src/render/next-steps.js';
import { PLAIN } from './helpers.js';

const load = (name: string) => loadInventory(join(process.cwd(), 'inventory', `${name}.yaml`));
const VIEW = { paint: PLAIN, width: 80 };
const TARGET = ['-i', 'my home.yaml', '-p', 'hub'];

/** The line about the browser, where the phone may reach only this. */
async function browserFor(reach: 'all' | readonly Reach[]): Promise<string | undefined> {
  const inventory = await load('phone-home');
  const networks = inventory.networks.map((network) => ({
    ...network,
    clients: network.clients.map((client) => ({ ...client, reach })),
  }));
  const shown = afterApply({ ...inventory, networks } as Inventory, TARGET, VIEW);
  return shown.split('\n').find((line) => line.includes('browser'));
}

it('names the commands after validate and after a rehearsal as they would be typed', () => {
  expect(afterValidation(TARGET, PLAIN)).toBe(
    `
next
  try it on disposable machines:             bridgehead rehearse -i 'my home.yaml' -p hub
  bring it about, after a look at the plan:  bridgehead apply -i 'my home.yaml' -p hub
`,
  );
  expect(afterPlan(TARGET, PLAIN)).toBe(
    "\nnext\n  make these changes:  bridgehead apply -i 'my home.yaml' -p hub\n",
  );
  expect(afterRehearsal(TARGET, PLAIN)).toContain("bridgehead apply -i 'my home.yaml' -p hub\n");
});

it('says after an apply at which addresses the nodes are, and what to type into the browser of a phone', async () => {
  expect(afterApply(await load('phone-home'), ['-i', 'home.yaml'], VIEW)).toBe(
    `
next
  addresses in home:            vps 10.8.0.1, node-a 10.8.0.3
  type into phone's browser:    http://10.8.0.3:PORT or http://192.168.1.100:PORT
  add a phone, by its QR code:  bridgehead client add NAME -i home.yaml
  measure again at any time:    bridgehead check -i home.yaml
`,
  );
  const mesh = afterApply(await load('home-mesh'), ['-i', 'home.yaml'], VIEW);
  expect(mesh).not.toContain('phone');
  expect(mesh).toBe(
    `
next
  addresses in mesh:          ctb-edge-1 172.27.15.31, ms-1 172.27.15.12,
                              wk-1 172.27.15.11, wk-2 172.27.15.13
  measure again at any time:  bridgehead check -i home.yaml
`,
  );
});

it('names only what the phone may reach', async () => {
  expect(await browserFor([{ kind: 'node', node: 'vps' }])).toMatch(/ http:\/\/10\.8\.0\.1:PORT$/);
  const port = (protocol: 'tcp' | 'udp') => ({ protocol, port: 8080 });
  expect(await browserFor([{ kind: 'node', node: 'vps', service: port('tcp') }])).toMatch(
    / http:\/\/10\.8\.0\.1:8080$/,
  );
  expect(await browserFor([{ kind: 'node', node: 'vps', service: port('udp') }])).toBeUndefined();
  expect(await browserFor([{ kind: 'lan' }])).toMatch(/ {2}http:\/\/192\.168\.1\.100:PORT$/);
  expect(await browserFor([{ kind: 'internet' }])).toBeUndefined();
});

it('leaves the addresses of many nodes to the drawing', async () => {
  const inventory = await load('home-mesh');
  const networks = inventory.networks.map((network) => ({
    ...network,
    members: Array.from({ length: 20 }, (_, n) => ({ node: `n${n}`, addresses: [`172.27.15.${n + 1}`] })),
  }));
  expect(afterApply({ ...inventory, networks }, ['-i', 'home.yaml'], VIEW)).toMatch(
    /addresses in mesh: +bridgehead validate --draw -i home\.yaml\n/,
  );
});
