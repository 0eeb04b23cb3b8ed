import { BridgeheadError } from '../../core/errors.js';
import type { PairSecrets } from '../../layers/pair-secrets.js';
import type { Playbook } from '../../playbook/types.js';
import type { Transport } from '../../remote/transport.js';
import { wrapWords } from '../../render/text.js';
import { load } from '../load.js';
import { type Performance, type Performed, perform } from '../run/execute-run.js';
import { commitApplied, type StagedEdit } from '../staged-edit.js';
import { canConfirm } from '../terminal/ask.js';
import { type Io, widthOf } from '../terminal/io.js';
import { othersAsHubHasThem } from './hub.js';
import type { ClientOptions } from './options.js';
import { hubPhases, type Target } from './target.js';
import { applyCommand, unchangedText, unwrittenText } from './unchanged.js';

/** Nodes worked on at once; there is one. */
const CONCURRENCY = 16;

/** A change of clients: the staged edit of the inventory, and what applies it. */
export interface Work {
  readonly command: 'client add' | 'client rekey' | 'client revoke';
  readonly playbook: Playbook;
  readonly staged: StagedEdit;
  readonly options: ClientOptions;
  readonly io: Io;
  /** New keys for the hub and its clients. */
  readonly secrets?: PairSecrets;
  /** Called when the hub is up to date and still locked, before the edit is committed; throws if it isn't what the edit says. */
  readonly verify: (transport: Transport, signal: AbortSignal) => Promise<void>;
  /** Called after that. */
  readonly after: () => Promise<void>;
  /** Called instead if the hub is as the edit says and only the inventory can't be written. */
  readonly unwritten?: () => Promise<void>;
  /** The ordinary engine when left out. */
  readonly run?: Run | undefined;
}

/** What carries a run out. */
export type Run = (performance: Performance) => Promise<Pick<Performed, 'exit' | 'declined' | 'unmet'>>;

/** Inventory and playbook. Throws E_USAGE if confirmation is needed and there is no terminal. */
export async function loadForChange(options: ClientOptions, io: Io) {
  const loaded = await load(options, io);
  if (options.yes !== true && !canConfirm(io, options.json === true)) {
    throw new BridgeheadError(
      'E_USAGE',
      'this command asks before it changes the hub, and there is no terminal to ask on',
      { fix: 'add --yes to change it without asking' },
    );
  }
  return loaded;
}

/**
 * Applies the edited inventory to the hub with the ordinary engine; no other node is contacted. Other changes that the
 * hub needs are shown and made, too. The inventory is changed only if that ends in GO.
 */
export async function changeHub({ inventory, hub }: Target, work: Work): Promise<number> {
  const { command, playbook, staged, options, io, secrets, verify, after, unwritten, run = perform } = work;
  let declined = false;
  let isInForce = false;
  let unmet: string | undefined;
  try {
    const done = await run({
      command,
      inventory,
      edited: staged.before,
      playbook,
      phases: hubPhases(playbook),
      only: [hub.name],
      options: { ...options, concurrency: CONCURRENCY },
      io,
      ...(secrets && { secrets }),
      given: (transport, signal) => othersAsHubHasThem(transport, inventory, hub, signal),
      commit: async (transport, signal) => {
        await verify(transport, signal);
        isInForce = true;
        commitApplied(staged, inventory.file, {
          nodes: `${hub.name} has its clients as the edit says`,
          news: 'what has changed',
        });
      },
      after,
    });
    ({ declined, unmet } = done);
    if (isInForce && !staged.committed()) await unwritten?.();
    return done.exit;
  } finally {
    if (!staged.committed() && !declined) {
      const apply = applyCommand(inventory.file, options.playbook);
      const text = isInForce
        ? unwrittenText(inventory.file, staged.keep(), apply)
        : unchangedText(hub.name, unmet, apply);
      io.stderr.write(`${text}\n`);
    }
  }
}

/** What may be shown of a client: everything but its secrets. */
export function publicParts({ network, client, hub }: Target): object {
  const { name, addresses, publicKey, tunnel, dns, reach } = client;
  return { client: name, network: network.name, hub: hub.name, addresses, publicKey, tunnel, dns, reach };
}

/** The result: a line of JSON, or text as wide as the terminal. */
export function print({ json }: ClientOptions, io: Io, object: object, text: string): void {
  const lines = text.trimEnd().split('\n');
  const wrapped = lines.flatMap((line) => wrapWords(line, widthOf(io), 2));
  io.stdout.write(json === true ? `${JSON.stringify(object)}\n` : `${wrapped.join('\n')}\n`);
}
