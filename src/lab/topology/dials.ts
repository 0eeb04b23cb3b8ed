import type { Problem } from '../../core/errors.js';
import { sameAddress } from '../../model/address.js';
import { atlasOf } from '../../model/atlas.js';
import type { Inventory, Node } from '../../model/inventory.js';
import type { Dial } from '../types.js';
import { lanSite } from './layout.js';
import { reach, type Standpoint } from './reach.js';

interface JumpHost {
  readonly node: Node;
  readonly host: string;
  readonly port: number;
}

/** The laptop's site: as the inventory says, else the first place from which every node can be reached. */
export function placeLaptop(inventory: Inventory): string | undefined {
  if (inventory.lab.laptop !== undefined) return inventory.lab.laptop;
  const homes = inventory.sites.filter(({ nat }) => nat).map(({ name }) => name);
  const places = [...homes, undefined];
  const good = places.findIndex((site) => planDials(inventory, { site }).problems.length === 0);
  return places[Math.max(good, 0)];
}

/** How the laptop connects to each node, jump hosts included; and a problem for each that it can't reach. */
export function planDials(
  inventory: Inventory,
  laptop: { readonly site?: string | undefined },
): { dials: Dial[]; problems: Problem[] } {
  const start: Standpoint = { name: 'the laptop', site: laptop.site };
  const dials: Dial[] = [];
  const problems: Problem[] = [];

  for (const node of inventory.nodes) {
    const jump = node.ssh.jump === undefined ? undefined : findJump(inventory, node.ssh.jump);
    if (node.ssh.jump !== undefined && jump === undefined) {
      problems.push({
        file: inventory.file,
        path: `nodes.${node.name}.ssh.jump`,
        message: `${node.ssh.jump} is not a node of the inventory, so the lab does not have that machine`,
        fix: "name a node, or a host that is some node's `ssh.host`",
      });
      continue;
    }
    const from = jump === undefined ? start : standpointOf(inventory, jump.node);
    if (jump !== undefined && jump.host !== jump.node.ssh.host)
      add(jump.node, jump.host, jump.port, start, 'ssh.jump');
    add(node, node.ssh.host, node.ssh.port ?? 22, from, 'ssh.host', jump?.node.name);
  }
  return { dials, problems };

  function add(
    node: Node,
    host: string,
    port: number,
    from: Standpoint,
    field: string,
    through?: string,
  ): void {
    const reached = reach(inventory, { from, node, host, port });
    if (!reached.ok) {
      const { message, fix } = reached;
      problems.push({ file: inventory.file, path: `nodes.${node.name}.${field}`, message, fix });
      return;
    }
    const { address, nodePort } = reached;
    dials.push({
      node: node.name,
      host,
      port,
      address,
      nodePort,
      ...(through === undefined ? {} : { through }),
    });
  }
}

function standpointOf(inventory: Inventory, node: Node): Standpoint {
  return { name: `node ${node.name}`, site: lanSite(inventory, node)?.name };
}

function findJump(inventory: Inventory, jump: string): JumpHost | undefined {
  const named = atlasOf(inventory).nodes.get(jump);
  if (named !== undefined) return { node: named, host: named.ssh.host, port: named.ssh.port ?? 22 };
  const match = /^(?:[^@]+@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(jump);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return undefined;
  const node = inventory.nodes.find(
    ({ name, ssh, publicAddresses, lanAddresses }) =>
      name === host ||
      ssh.host === host ||
      [...publicAddresses, ...lanAddresses].some((address) => sameAddress(address, host)),
  );
  return node === undefined ? undefined : { node, host, port: Number(match?.[3] ?? 22) };
}
