import type { KeptRun } from '../../../src/guard/index.js';
import type { Network } from '../../../src/model/inventory.js';
import type { NodeRuns } from '../../../src/runner/undo/kept-runs.js';
import { undoneTogether } from '../../../src/runner/undo/undone-together.js';
import { PLAIN_MESH } from '../../fixtures/plain-mesh.js';

const OLD = '20250101-000000-aaaaaa';
const kept = (run: string, over: Partial<KeptRun> = {}): KeptRun => ({
  run,
  since: 'noon',
  undone: false,
  phases: [{ phase: 'tunnel', outcome: 'confirmed' }],
  ...over,
});

it('is undone on all nodes of a network whose interface the run has touched', () => {
  const network: Network = {
    name: 'mesh',
    interface: 'wg0',
    ranges: ['10.0.0.0/24'],
    ...PLAIN_MESH,
    port: 51820,
    mtu: 1420,
    keepalive: 25,
    members: ['a', 'b'].map((node, index) => ({ node, addresses: [`10.0.0.${index + 1}`] })),
  };
  const runs = (node: string, ...interfaces: string[]): NodeRuns => ({
    node,
    runs: [kept(OLD, { phases: [{ phase: 'tunnel', interfaces }] }), kept('other', { phases: [] })],
  });
  const together = (...of: readonly NodeRuns[]) => undoneTogether({ networks: [network] }, OLD, of);
  expect(together(runs('a', 'wg0'), runs('b', 'wg0'), runs('c', 'wg0'))).toEqual([['a', 'b']]);
  expect(together(runs('a', 'old0'), runs('c', 'old0'))).toEqual([['a', 'c']]);
  expect(together(runs('a', 'wg0'), runs('b'))).toEqual([]);
});
