import { loadInventory } from '../../../../src/inventory/index.js';
import type { Facts } from '../../../../src/layers/step.js';
import { wireguardStep } from '../../../../src/layers/wireguard/steps/wireguard.js';
import type { SeenInterface } from '../../../../src/layers/wireguard/tunnel/live.js';
import { stepContext } from '../../../support/step-context.js';

const inventory = await loadInventory('inventory/home-mesh.yaml');
const NOTHING: SeenInterface = {
  config: undefined,
  unit: { enabled: false, active: false },
  live: undefined,
  ownKey: undefined,
};

/** What is planned on a node where the public keys of these are known. */
function planned(name: string, known: readonly string[]) {
  const node = inventory.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no ${name}`);
  const facts: Facts = { get: (owner) => (known.includes(owner) ? `key-of-${owner}=` : undefined) };
  const context = stepContext({}, { node, inventory, networks: inventory.networks });
  return wireguardStep.plan(context, new Map([['wg0', NOTHING]]), facts);
}

it('says the same on all nodes of a new network, so that a plan shows it once', () => {
  const summaries = inventory.nodes.flatMap(({ name }) => planned(name, []).map(({ summary }) => summary));
  expect(new Set(summaries)).toEqual(new Set(['create and start wg0, once the keys are known']));
  expect(summaries).toHaveLength(inventory.nodes.length);
});

it('names the nodes whose keys are missing if others are known', () => {
  const [change] = planned('ms-1', ['ms-1', 'wk-1']);
  expect(change?.summary).toBe('create and start wg0, once the public key of ctb-edge-1, wk-2 is known');
  expect(change?.script).toContain('the public key of ctb-edge-1, wk-2 is not known');
});
