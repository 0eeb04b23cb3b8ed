import { loadInventory } from '../../../../src/inventory/index.js';
import { RunSecrets } from '../../../../src/layers/pair-secrets.js';
import { loadPlaybook } from '../../../../src/playbook/index.js';
import { layOutPlaybook } from '../../../../src/runner/plan/work.js';

/** Gates that a playbook comes to on an inventory. */
async function gatesOf(playbook: string, inventory: string): Promise<readonly string[]> {
  const phases = layOutPlaybook(
    await loadInventory(`inventory/${inventory}.yaml`),
    await loadPlaybook(`playbooks/${playbook}.yaml`),
    new RunSecrets(),
  );
  return phases.flatMap(({ gates }) => gates.map(({ kind }) => kind.kind));
}

const SPECIAL = ['forwarding', 'preshared-keys', 'lan'];

it.each([
  ['mesh', 'home-mesh', []],
  ['mesh', 'dual-stack', ['preshared-keys']],
  ['hub', 'phone-home', ['forwarding', 'lan']],
])('%s runs on %s only the gates that have something to measure', async (playbook, inventory, expected) => {
  const gates = await gatesOf(playbook, inventory);
  expect(gates.filter((kind) => SPECIAL.includes(kind))).toEqual(expected);
  expect(gates).toEqual(
    expect.arrayContaining(['reachable', 'pristine', 'endpoints', 'path-mtu', 'transfer']),
  );
  expect(gates.indexOf('handshake')).toBeLessThan(gates.indexOf('ping'));
});
