import { BridgeheadError } from '../../core/errors.js';
import { forgetFragment, STATE_FOLDER } from '../../guard/index.js';
import { ASIDE, forgetAsideFragment } from '../../layers/wireguard/retire/aside.js';
import { atlasOf } from '../../model/atlas.js';
import type { Inventory, Node } from '../../model/inventory.js';
import { execute } from '../../remote/execute.js';
import { answerTo } from '../../remote/part.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Transport } from '../../remote/transport.js';
import type { Io } from '../terminal/io.js';

const FORGET_MS = 20_000;

export interface CleanUp {
  /** In which the node is still one, unless it is removed offline. */
  readonly inventory: Inventory;
  readonly json: boolean;
  readonly io: Pick<Io, 'stdout'>;
  readonly transport: Pick<Transport, 'connect'>;
  readonly signal: AbortSignal;
}

/** What is only deleted once the node has left the inventory, since until then it could be undone. */
const KEPT = { keys: `the retired keys in ${ASIDE}`, snapshots: `the snapshots in ${STATE_FOLDER}` };

/** Deletes the last of what is on a node that has left the inventory, and prints what came of it. */
export async function cleanUp(name: string, asked: CleanUp): Promise<void> {
  const { inventory, json, io } = asked;
  const node = atlasOf(inventory).nodes.get(name);
  const event = { type: 'node-removed', node: name, offline: node === undefined };
  const print = (text: string): void => {
    io.stdout.write(json ? `${JSON.stringify(event)}\n` : text);
  };
  if (node === undefined) {
    const why = 'in case it ever runs again';
    print(`${name} was removed from the inventory. The machine itself was not cleaned up, ${why}.\n`);
    return;
  }
  try {
    await forget(node, asked);
  } catch (error) {
    if (json) io.stdout.write(`${JSON.stringify({ ...event, left: [ASIDE, STATE_FOLDER] })}\n`);
    throw error instanceof BridgeheadError ? unfinished(name, error) : error;
  }
  print(`${name} was removed from the inventory, and nothing is left on the machine except packages.\n`);
}

async function forget(node: Node, { inventory, transport, signal }: CleanUp): Promise<void> {
  const connection = await transport.connect(node, signal);
  try {
    const parts = { keys: forgetAsideFragment(inventory), snapshots: forgetFragment() };
    const limits = { node: node.name, deadlineMs: FORGET_MS, signal };
    const replies = await execute(connection, [parts.snapshots, parts.keys], limits);
    for (const kept of ['keys', 'snapshots'] as const) {
      const outcome = answerTo(replies, parts[kept]);
      if (outcome?.kind === 'done') continue;
      throw new BridgeheadError('E_STEP', `${KEPT[kept]} on ${node.name} could not be deleted`, {
        node: node.name,
        evidence: outcome && sanitize(outcome.reason, 500),
      });
    }
  } finally {
    await connection.close();
  }
}

/** The command can't be run again: the inventory no longer has the node. */
function unfinished(name: string, cause: BridgeheadError): BridgeheadError {
  const { code, message, details } = cause;
  return new BridgeheadError(
    code,
    `${name} was removed from the inventory and its networks, but not all that it keeps was deleted: ${message}`,
    {
      ...details,
      node: name,
      cause,
      fix: `delete ${KEPT.keys} and ${KEPT.snapshots} on ${name} by hand, which have private keys and copies of system files; remove can't be run again for it`,
    },
  );
}
