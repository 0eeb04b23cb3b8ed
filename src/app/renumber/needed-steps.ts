import { BridgeheadError } from '../../core/errors.js';
import type { Inventory, Network } from '../../model/inventory.js';
import { forwardsPackets } from '../../model/shape.js';
import type { Playbook } from '../../playbook/types.js';

/** Throws E_USAGE if a playbook lacks a step that gives members their new addresses: it would be GO without any change. */
export function refuseWithoutSteps({ name, phases }: Playbook, inventory: Inventory, chosen: string): void {
  const network = inventory.networks.find((one) => one.name === chosen);
  if (network === undefined) return;
  const forwards = network.members.some(({ node }) => forwardsPackets(inventory, network, node));
  const steps = phases.flatMap((phase) => phase.steps);
  const isThere = (kind: string): boolean =>
    steps.some((step) => step.kind === kind && concerns(step.params, network));
  const missing = ['wireguard', ...(forwards ? ['forwarding'] : [])].filter((kind) => !isThere(kind));
  if (missing.length === 0) return;
  const message = `playbook ${name} has no ${missing.join(' and no ')} step for network ${chosen}`;
  throw new BridgeheadError('E_USAGE', message, {
    fix: `choose one that has, with --playbook, such as ${network.shape}`,
  });
}

/** Without a name of its own, a step is for every network. */
function concerns(params: unknown, { name }: Network): boolean {
  if (typeof params !== 'object' || params === null || !('network' in params)) return true;
  return params.network === undefined || params.network === name;
}
