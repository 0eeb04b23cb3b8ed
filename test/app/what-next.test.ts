import type { Options } from '../../src/app/options.js';
import type { Io } from '../../src/app/terminal/io.js';
import { pictureOf, whatNext } from '../../src/app/what-next.js';
import { loadInventory } from '../../src/inventory/index.js';

const OPTIONS: Options = {
  phase: [],
  only: [],
  concurrency: 16,
  timeout: 20,
  sudoTimeout: 30,
  programTimeout: 120,
  color: false,
} as Options;

const load = () => loadInventory('inventory/home-mesh.yaml');
const IO = { stdout: { isTTY: true, columns: 80 }, env: {} } as unknown as Io;

it('draws the network, unless it is large', async () => {
  const inventory = await load();
  expect(pictureOf(inventory, OPTIONS, IO)).toMatch(/^┌ ctb-edge-1 .*\nwho connects to whom\n/s);
  const nodes = Array.from({ length: 5 }, () => inventory.nodes).flat();
  expect(pictureOf({ ...inventory, nodes }, OPTIONS, IO)).toBeUndefined();
});

it('says after an apply how to use the network', async () => {
  expect(whatNext('apply', await load(), OPTIONS, IO)).toMatch(/^\nnext\n {2}addresses in mesh: /);
});

it('names the apply after a plan, unless the plan was of a part', async () => {
  const after = async (options: Partial<Options>) =>
    whatNext('plan', await load(), { ...OPTIONS, ...options }, IO);
  expect(await after({})).toBe(
    '\nnext\n  make these changes:  bridgehead apply -i inventory/home-mesh.yaml\n',
  );
  expect(await after({ only: ['ms-1'] })).toBe('');
  expect(await after({ phase: ['tunnel'] })).toBe('');
});
