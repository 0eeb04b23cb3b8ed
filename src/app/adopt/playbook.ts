import type { Adoption } from '../../layers/wireguard/adopt/adoption.js';
import type { AdoptParams } from '../../layers/wireguard/adopt/step.js';
import type { Playbook, Step } from '../../playbook/types.js';

/** The one phase that takes interfaces over, a step for each node. */
export function adoptPlaybook(adoptions: readonly Adoption[]): Playbook {
  const nodes = [...new Set(adoptions.map(({ node }) => node))];
  const steps = nodes.map((node): Step => {
    const own = adoptions.filter((one) => one.node === node);
    const params: AdoptParams = {
      interfaces: Object.fromEntries(own.map(({ network, interface: name }) => [network.name, name])),
    };
    return { id: `adopt.${node}`, kind: 'adopt', name: 'adopt', on: [node], params };
  });
  const description = 'Tunnels made by hand belong to the inventory; no session is ended';
  return { file: 'adopt', name: 'adopt', phases: [{ name: 'adopt', description, steps, gates: [] }] };
}
