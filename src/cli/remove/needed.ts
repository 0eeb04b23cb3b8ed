import { BridgeheadError } from '../../errors.js';
import type { Inventory } from '../../inventory/types.js';
import { unknownWord } from '../locate.js';

/** Why a node can't leave yet, and what has to be changed first. */
function needs({ nodes, networks }: Inventory, name: string): string[] {
  const jumped = nodes.filter((node) => node.name !== name && node.ssh.jump === name);
  return [
    ...jumped.map((node) => `${node.name} is reached through it: give ${node.name} another ssh.jump`),
    ...networks.flatMap((network) => {
      const { name: called, hubs, relay, clients } = network;
      const reaching = clients.filter(
        ({ reach }) => reach !== 'all' && reach.some((one) => one.kind === 'node' && one.node === name),
      );
      return [
        ...(hubs.includes(name)
          ? [`it is a hub of network ${called}: name another in networks.${called}.hub, and apply`]
          : []),
        ...(relay === name
          ? [`it is the relay of network ${called}: name another in networks.${called}.relay, and apply`]
          : []),
        ...reaching.map(
          (client) =>
            `client ${client.name} may reach it: change networks.${called}.clients.${client.name}.reach`,
        ),
      ];
    }),
  ];
}

/** Throws E_USAGE for a name that no node has, and for a node that others still need. */
export function refuseNeeded(inventory: Inventory, name: string): void {
  const known = inventory.nodes.map((node) => node.name);
  if (!known.includes(name)) throw unknownWord('node', name, known);
  const why = needs(inventory, name);
  if (why.length === 0) return;
  throw new BridgeheadError('E_USAGE', `${name} can't be removed yet: others need it`, {
    evidence: why.join('\n'),
    fix: 'change that in the inventory first',
  });
}
