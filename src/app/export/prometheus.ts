import { hostPort } from '../../model/address.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory, Node } from '../../model/inventory.js';

/** Targets for `file_sd_configs`, in JSON: each node at its first overlay address, or else at its SSH host. */
export function prometheusText(inventory: Inventory, port: number): string {
  const targets = inventory.nodes.map((node) => {
    const [network] = networksOf(inventory, node.name);
    const member = network?.members.find((one) => one.node === node.name);
    const address = member?.addresses[0] ?? node.ssh.host;
    return { targets: [hostPort(address, port)], labels: labels(inventory, node, network?.name) };
  });
  return `${JSON.stringify(targets, null, 2)}\n`;
}

function labels(
  { name: inventory }: Inventory,
  { name, role, site }: Node,
  network: string | undefined,
): object {
  const values = { node: name, inventory, network, role, site };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
