import { BridgeheadError } from '../../errors.js';
import type { RunContext } from '../context.js';
import type { PlannedStep } from '../planned.js';

const SHOWN = 5;

/** Members that can't be reached, and could never be again once the others of their network have made these changes. */
export function strandedBy(
  { inventory, absent }: Pick<RunContext, 'inventory' | 'absent'>,
  planned: readonly PlannedStep[],
): BridgeheadError[] {
  return inventory.networks.flatMap((network) => {
    const changes = planned.flatMap(({ work, changes: own }) =>
      own.filter(({ joint }) => joint === network.name).map(({ summary }) => `${work.node.name}: ${summary}`),
    );
    if (changes.length === 0) return [];
    return network.members
      .filter(({ node }) => absent.has(node))
      .map(
        ({ node }) =>
          new BridgeheadError(
            'E_SSH_UNREACHABLE',
            `${node} can't be reached, and has to follow when network ${network.name} is changed`,
            {
              node,
              phase: planned[0]?.work.phase,
              evidence: changes.slice(0, SHOWN).join('\n'),
              fix: `bring ${node} back and run again; or, where its tunnels may stand still until a run reaches it, add --keep-changed`,
            },
          ),
      );
  });
}
