import type { Options } from '../../src/app/options.js';
import type { Io } from '../../src/app/terminal/io.js';
import { showWhatNext } from '../../src/app/what-next.js';
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

async function shown(
  command: 'plan' | 'apply',
  {
    options = {},
    env = {},
    copies = 1,
  }: { options?: Partial<Options>; env?: Io['env']; copies?: number } = {},
): Promise<string> {
  const inventory = await loadInventory('inventory/home-mesh.yaml');
  const nodes = Array.from({ length: copies }, () => inventory.nodes).flat();
  let text = '';
  const io = {
    stdout: { write: (more: string) => (text += more), isTTY: true, columns: 80 },
    env,
  } as unknown as Io;
  showWhatNext(command, { ...inventory, nodes }, { ...OPTIONS, ...options }, io);
  return text;
}

it('draws the network after an apply, then says how to use it', async () => {
  expect(await shown('apply')).toMatch(/^\n┌ ctb-edge-1 .*\nnext\n {2}addresses in mesh: /s);
});

it('names the apply after a plan, unless the plan was of a part', async () => {
  expect(await shown('plan')).toBe(
    '\nnext\n  make these changes:  bridgehead apply -i inventory/home-mesh.yaml\n',
  );
  expect(await shown('plan', { options: { only: ['ms-1'] } })).toBe('');
  expect(await shown('plan', { options: { phase: ['tunnel'] } })).toBe('');
});

it('says nothing of what is next where the machines go away', async () => {
  const text = await shown('apply', { env: { BRIDGEHEAD_REHEARSAL: 'home-mesh' } });
  expect(text).toContain('┌──┴ home ─');
  expect(text).not.toContain('next');
});

it('does not draw a large network unasked', async () => {
  expect(await shown('apply', { copies: 5 })).toMatch(/^\nnext\n/);
});
