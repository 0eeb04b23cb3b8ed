import { contains, spanOf } from '../../../../model/address.js';
import { networksOf } from '../../../../model/atlas.js';
import type { Inventory, Network } from '../../../../model/inventory.js';
import type { GateContext } from '../../../gate.js';
import { routesOf } from '../../overlay/peers.js';

/** An address on a LAN behind a gateway. */
export interface LanTarget {
  readonly network: Network;
  readonly gateway: string;
  readonly subnet: string;
  readonly nat: 'masquerade' | 'none';
  readonly address: string;
  /** Such as `lan-1` or `the router of site home`. */
  readonly name: string;
  /** Whether it must answer for a GO; a silent router isn't a STOP if another target answers. */
  readonly required: boolean;
  /** Its sshd's TCP port, if it is a node. */
  readonly port?: number;
  /** Whether it is the gateway itself, because nothing else on the LAN is known. */
  readonly own: boolean;
}

/** The known targets of every advertised LAN: its nodes and its router, or the gateway's own address if there are none. */
export function lanTargets(inventory: Inventory, networks: readonly Network[]): readonly LanTarget[] {
  return networks.flatMap((network) =>
    network.advertises.flatMap(({ node: gateway, subnets, nat }) =>
      subnets.flatMap((subnet): readonly LanTarget[] => {
        const span = spanOf(subnet);
        const base = { network, gateway, subnet, nat };
        const onLan = inventory.nodes.flatMap(({ name, lanAddresses, ssh }) =>
          lanAddresses
            .filter((address) => contains(span, address))
            .map((address) => ({ name, address, port: ssh.port ?? 22 })),
        );
        const nodes = onLan
          .filter(({ name }) => name !== gateway)
          .map((one): LanTarget => ({ ...base, ...one, required: true, own: false }));
        const routers = inventory.sites.flatMap(({ name, router }): readonly LanTarget[] =>
          router === undefined || !contains(span, router)
            ? []
            : [
                {
                  ...base,
                  address: router,
                  name: `the router of site ${name}`,
                  required: nodes.length === 0,
                  own: false,
                },
              ],
        );
        if (nodes.length + routers.length > 0) return [...nodes, ...routers];
        return onLan
          .filter(({ name }) => name === gateway)
          .map(({ name, address }) => ({ ...base, name, address, required: true, own: true }));
      }),
    ),
  );
}

/** The targets that a member reaches through the tunnel. */
export function targetsThrough(context: GateContext<unknown>, node: string): readonly LanTarget[] {
  const { inventory, networks } = context;
  const routes = new Map(
    networksOf({ networks }, node).map((network) => [network, new Set(routesOf(inventory, network, node))]),
  );
  return lanTargets(inventory, networks).filter(
    ({ network, gateway, subnet }) => gateway !== node && routes.get(network)?.has(subnet),
  );
}

/** The targets on a gateway's own LANs, its own addresses left out. */
export function targetsBehind(context: GateContext<unknown>, node: string): readonly LanTarget[] {
  return lanTargets(context.inventory, context.networks).filter(
    ({ gateway, own }) => gateway === node && !own,
  );
}
