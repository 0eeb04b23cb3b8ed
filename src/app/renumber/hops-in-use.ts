import { InputError, type Problem } from '../../core/errors.js';
import { showPath } from '../../document/index.js';
import type { Inventory, Node } from '../../model/inventory.js';
import { createHome, type Hop, RouteFinder } from '../../ssh/index.js';
import type { Io } from '../terminal/io.js';
import { isMoved } from './in-use.js';
import type { Wish } from './wish.js';

/** Throws InputError if `~/.ssh/config` leads a login through the network, and E_SSH_CONFIG where it is wrong. */
export async function refuseHopsInUse(inventory: Inventory, wish: Wish, { env }: Io): Promise<void> {
  const router = new RouteFinder(inventory, createHome(env));
  const routes = await Promise.all(
    inventory.nodes.map(async (node) => ({ node, hops: chain(await router.hopTo(node)) })),
  );
  const problems = routes.flatMap(({ node, hops }) =>
    hops.filter(({ host }) => isMoved(host, wish)).map((hop) => inTheWay(inventory.file, wish, node, hop)),
  );
  if (problems.length > 0) throw new InputError(problems);
}

const chain = (hop: Hop): Hop[] => [hop, ...(hop.via === undefined ? [] : chain(hop.via))];

function inTheWay(file: string, { network }: Wish, { name }: Node, { host }: Hop): Problem {
  return {
    file,
    path: showPath(['nodes', name, 'ssh']),
    message: `SSH goes through ${host}, which is in network ${network}, so the login would be lost with the old addresses`,
    fix: 'set HostName or ProxyJump in ~/.ssh/config to an address outside the network',
  };
}
