import { RunSecrets } from '../../layers/pair-secrets.js';
import { layOutPlaybook } from '../../runner/plan/work.js';
import { resolveEdited } from '../clients/target.js';
import { load } from '../load.js';
import { defaultPlaybook } from '../locate.js';
import { perform } from '../run/execute-run.js';
import { commitApplied, stageEdit } from '../staged-edit.js';
import { requireConfirmable } from '../terminal/ask.js';
import type { Io } from '../terminal/io.js';
import { cleanUp } from './clean-up.js';
import { leaveNetworks, removeNode } from './edit-inventory.js';
import { refuseNeeded } from './needed.js';
import type { RemoveOptions } from './options.js';
import { printRest, unremovedText } from './unfinished.js';

/** Removes a machine; the inventory is changed only after the run ended in GO. */
export async function removeNodeOf(name: string, options: RemoveOptions, io: Io): Promise<number> {
  const json = options.json === true;
  if (options.yes !== true) {
    requireConfirmable('remove', { io, json, fix: 'add --yes to remove without asking' });
  }
  const { inventory, playbook } = await load(options, io);
  refuseNeeded(inventory, name, {
    offline: options.offline === true,
    playbook: options.playbook ?? defaultPlaybook(inventory),
  });
  const { file } = inventory;
  const staged = stageEdit(file, (text) => removeNode({ file, text }, name));
  try {
    const after = resolveEdited(file, staged.text).inventory;
    // Checked before anything is changed: a playbook that names the node would no longer load.
    layOutPlaybook(after, playbook, new RunSecrets());
    // While it is cleaned up it is still a node, but in no network.
    const parting = () => leaveNetworks({ file, text: staged.before }, name);
    const wanted = options.offline === true ? after : resolveEdited(file, parting()).inventory;
    const { exit, declined, unreached } = await perform({
      command: 'remove',
      inventory: wanted,
      edited: staged.before,
      playbook,
      phases: [],
      only: [],
      options,
      io,
      // Others may be down: their next apply removes its peers. The machine itself must answer.
      indispensable: [name],
      leaving: name,
      afterPartial: true,
      commit: async () =>
        commitApplied(staged, file, { nodes: `${name} has left its networks`, news: 'what has changed' }),
      after: (transport, signal) => cleanUp(name, { inventory: wanted, json, io, transport, signal }),
    });
    const away = unreached.filter((node) => node !== name);
    if (!staged.committed() && !declined) {
      io.stderr.write(
        unremovedText(name, {
          isAway: unreached.includes(name),
          away,
          others: after.nodes.length,
          file,
          options,
        }),
      );
    } else if (away.length > 0) {
      printRest(name, { away, file, options, io });
    }
    return exit;
  } finally {
    staged.discard();
  }
}
