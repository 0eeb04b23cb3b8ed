import { BridgeheadError } from '../../core/errors.js';
import { forgetFragment, STATE_FOLDER } from '../../guard/index.js';
import { RunSecrets } from '../../layers/pair-secrets.js';
import { ASIDE, forgetAsideFragment } from '../../layers/wireguard/retire/aside.js';
import { atlasOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import { execute } from '../../remote/execute.js';
import { answerTo } from '../../remote/part.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Transport } from '../../remote/transport.js';
import { layOutPlaybook } from '../../runner/plan/work.js';
import { resolveEdited } from '../clients/target.js';
import { load } from '../load.js';
import { defaultPlaybook } from '../locate.js';
import { perform } from '../run/execute-run.js';
import { commitApplied, stageEdit } from '../staged-edit.js';
import { requireConfirmable } from '../terminal/ask.js';
import type { Io } from '../terminal/io.js';
import { leaveNetworks, removeNode } from './edit-inventory.js';
import { refuseNeeded } from './needed.js';
import type { RemoveOptions } from './options.js';
import { printRest, unremovedText } from './unfinished.js';

const FORGET_MS = 20_000;

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
      after: (transport, signal) => finish(name, { inventory: wanted, options, io, transport, signal }),
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

interface Finish {
  readonly inventory: Inventory;
  readonly options: RemoveOptions;
  readonly io: Io;
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

async function finish(name: string, { inventory, options, io, transport, signal }: Finish): Promise<void> {
  const node = atlasOf(inventory).nodes.get(name);
  const text =
    node === undefined
      ? `${name} was removed from the inventory. The machine itself was not cleaned up, in case it ever runs again.\n`
      : `${name} was removed from the inventory, and nothing is left on the machine except packages.\n`;
  const event = { type: 'node-removed', node: name, offline: node === undefined };
  io.stdout.write(options.json === true ? `${JSON.stringify(event)}\n` : text);
  if (node === undefined) return;
  const connection = await transport.connect(node, signal);
  try {
    const [snapshots, keys] = [forgetFragment(), forgetAsideFragment(inventory)];
    const limits = { node: name, deadlineMs: FORGET_MS, signal };
    const replies = await execute(connection, [snapshots, keys], limits);
    const rest = [
      { part: keys, what: 'the retired keys', place: ASIDE },
      { part: snapshots, what: 'the snapshots of earlier runs', place: STATE_FOLDER },
    ];
    for (const { part, what, place } of rest) {
      const outcome = answerTo(replies, part);
      if (outcome?.kind === 'done') continue;
      throw new BridgeheadError('E_STEP', `${what} on ${name} could not be removed`, {
        node: name,
        evidence: outcome && sanitize(outcome.reason, 500),
        fix: `they are in ${place} on ${name}; everything else is done`,
      });
    }
  } finally {
    await connection.close();
  }
}
