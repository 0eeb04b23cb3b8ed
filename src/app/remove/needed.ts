import { isIP } from 'node:net';
import { BridgeheadError } from '../../core/errors.js';
import { inRange } from '../../model/address.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import { unknownWord } from '../locate.js';

/** Why a node can't leave yet, and what has to be changed first. */
function needs({ nodes, networks }: Inventory, name: string): string[] {
  const jumped = nodes.filter((node) => node.name !== name && node.ssh.jump === name);
  return [
    ...jumped.map((node) => `${node.name} connects through it: give ${node.name} another ssh.jump`),
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

/** Networks that a node leaves and that contain its SSH address. */
function dialledOver({ nodes, networks }: Inventory, name: string): string[] {
  const host = nodes.find((node) => node.name === name)?.ssh.host ?? '';
  if (isIP(host) === 0) return [];
  return networksOf({ networks }, name)
    .filter(({ ranges }) => ranges.some((range) => inRange(host, range)))
    .map((network) => network.name);
}

/** Throws E_USAGE for an unknown node, for one that others depend on, and, unless it is `offline`, for one that loses its own SSH access. */
export function refuseNeeded(inventory: Inventory, name: string, offline: boolean): void {
  const known = inventory.nodes.map((node) => node.name);
  if (!known.includes(name)) throw unknownWord('node', name, known);
  const why = needs(inventory, name);
  const [over] = offline || why.length > 0 ? [] : dialledOver(inventory, name);
  if (over !== undefined) {
    throw new BridgeheadError(
      'E_USAGE',
      `${name} can't be removed: its SSH address is in network ${over}, which it leaves`,
      {
        fix: `give ${name} an ssh.host outside the network; if there is none, --offline leaves the machine itself unchanged`,
      },
    );
  }
  if (why.length === 0) return;
  throw new BridgeheadError('E_USAGE', `${name} can't be removed yet: others depend on it`, {
    evidence: why.join('\n'),
    fix: 'change that in the inventory first',
  });
}
