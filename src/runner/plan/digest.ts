import { sha256 } from '../../core/sha256.js';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';

const digest = (value: object): string => sha256(JSON.stringify(value));

/** By which two runs know that they were given the same inventory. Where it and the private keys lie doesn't count. */
export function inventoryDigest({ file, nodes, ...rest }: Inventory): string {
  return digest({
    ...rest,
    nodes: nodes.map(({ ssh: { key, sudoPasswordFile, ...ssh }, ...node }) => ({ ...node, ssh })),
  });
}

/** By which two runs know that they were given the same playbook; the files that it names don't count, nor do deep phases. */
export function playbookDigest({ file, places, phases, ...rest }: Playbook): string {
  return digest({ ...rest, phases: phases.filter(({ deep }) => deep !== true) });
}
