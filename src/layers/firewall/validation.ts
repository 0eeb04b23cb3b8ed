import type { Inventory, Opening } from '../../model/inventory.js';
import type { Description } from '../layer.js';

/** For every closed node, what stays reachable on it, for whom and why. */
export function describeFirewall(inventory: Inventory): Description {
  const { closed, openings } = inventory;
  return {
    sections: closed.map((node) => ({
      title: `firewall of ${node}  closed but for`,
      head: ['port', 'from', 'because of'],
      rows: openings
        .filter((one) => one.node === node)
        .map((one) => [portWord(one), sourcesWord(one), one.because]),
    })),
    json: { closed, openings },
  };
}

/** `22/tcp`, `60000-61000/udp` */
export const portWord = ({ port, toPort, protocol }: Pick<Opening, 'port' | 'toPort' | 'protocol'>): string =>
  `${port}${toPort === undefined ? '' : `-${toPort}`}/${protocol}`;

function sourcesWord({ sources, interface: device }: Opening): string {
  const from = sources === 'anyone' ? sources : sources.join(', ');
  return device === undefined ? from : `${from} through ${device}`;
}
