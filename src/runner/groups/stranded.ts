import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import type { PlannedStep } from '../plan/planned.js';

const SHOWN = 5;

type Stranding = Pick<RunContext, 'inventory' | 'absent' | 'observations'>;

/**
 * Nodes that can't be reached, and could never be again once the others have made these changes.
 *
 * @param keepChanged Whether members may wait that would only have to follow.
 */
export function strandedBy(
  context: Stranding,
  planned: readonly PlannedStep[],
  keepChanged = false,
): BridgeheadError[] {
  const waiting = keepChanged ? [] : membersLeftBehind(context, planned);
  return [...waiting, ...dialledInWhatGoes(context, planned)];
}

/** Members of a network who have to follow when the others change it. */
function membersLeftBehind(
  { inventory, absent }: Stranding,
  planned: readonly PlannedStep[],
): BridgeheadError[] {
  return inventory.networks.flatMap((network) => {
    const changes = changesOf(network.name, planned);
    if (changes.length === 0) return [];
    return network.members
      .filter(({ node }) => absent.has(node))
      .map(
        ({ node }) =>
          new BridgeheadError(
            'E_SSH_UNREACHABLE',
            `${node} is unreachable, but must follow the change of network ${network.name}`,
            {
              ...detailsOf(node, planned, changes),
              fix: `bring ${node} back and run again, or add --keep-changed if its tunnels may stay down until a run reaches it`,
            },
          ),
      );
  });
}

/** Nodes whose only way in, as the inventory has it, is an address of a network that is retired. */
function dialledInWhatGoes(
  { inventory, absent, observations }: Stranding,
  planned: readonly PlannedStep[],
): BridgeheadError[] {
  return observations.formerNetworks().flatMap(({ name, addresses }) => {
    if (inventory.networks.some((network) => network.name === name)) return [];
    const changes = changesOf(name, planned);
    if (changes.length === 0) return [];
    return inventory.nodes
      .filter((node) => absent.has(node.name) && addresses.has(node.ssh.host))
      .map(
        ({ name: node, ssh }) =>
          new BridgeheadError(
            'E_SSH_UNREACHABLE',
            `${node} is unreachable, and its address ${ssh.host} goes away with network ${name}`,
            {
              ...detailsOf(node, planned, changes),
              fix: `bring ${node} back and give it an ssh.host that works without network ${name}, then run again`,
            },
          ),
      );
  });
}

const changesOf = (joint: string, planned: readonly PlannedStep[]): readonly string[] =>
  planned.flatMap(({ work, changes }) =>
    changes.filter((change) => change.joint === joint).map(({ summary }) => `${work.node.name}: ${summary}`),
  );

const detailsOf = (node: string, planned: readonly PlannedStep[], changes: readonly string[]) => ({
  node,
  phase: planned[0]?.work.phase,
  evidence: changes.slice(0, SHOWN).join('\n'),
});
