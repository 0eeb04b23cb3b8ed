import { BridgeheadError, messageOf } from '../../../core/errors.js';
import { type Machine, machineFact } from '../../../facts/machine/machine.js';
import type { Inventory, Node } from '../../../model/inventory.js';
import { ask } from '../../../remote/execute.js';
import type { Connection } from '../../../remote/transport.js';
import { createHome, type Hop, RouteFinder, UnknownHostKey } from '../../../ssh/index.js';
import { openTransport } from '../../ssh-transport.js';
import type { Io } from '../../terminal/io.js';
import { measureAll, NOTHING } from './datagrams.js';
import type { Heard } from './heard.js';
import { asInventory } from './machines.js';

/** A machine that was logged into. */
export interface Surveyed {
  /** As the user named it: a host of ~/.ssh/config, or `user@host:port`. */
  readonly machine: string;
  /** How it was connected to. */
  readonly hop: Hop;
  readonly facts: Machine;
  /** Seconds by which its clock is ahead of ours; 0 if that is less than the time that the answer took. */
  readonly skew: number;
}

export interface Survey {
  readonly surveyed: readonly Surveyed[];
  /** Nodes of the inventory that machines are added to, by name: they see how those are reached. */
  readonly observers: readonly Surveyed[];
  /** Why a node of that inventory could not be asked, by node. */
  readonly absent: ReadonlyMap<string, string>;
  readonly failed: readonly { readonly machine: string; readonly error: BridgeheadError }[];
  /** Keys to be confirmed. A machine behind a jump host only shows its key after the jump host's is confirmed. */
  readonly unknownKeys: readonly UnknownHostKey[];
  /** Datagrams between the machines. */
  readonly heard: readonly Heard[];
  /** Why a machine could not take part in sending them, by machine. */
  readonly unmeasured: ReadonlyMap<string, string>;
}

export interface SurveyRequest {
  readonly machines: readonly string[];
  /** The inventory that they are added to. */
  readonly there?: Inventory | undefined;
  /** Fingerprints that the user has confirmed, or true for any. */
  readonly acceptNew: true | ReadonlySet<string>;
  /** UDP port on which machines listen for each other. */
  readonly port: number;
  /** Seconds. */
  readonly timeout: number;
  readonly sudoTimeout: number;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** Called when a machine has answered. */
  readonly onAnswer: (one: Surveyed) => void;
}

const DEADLINE_MS = 60_000;

/**
 * Logs in to every machine at once, asks each one question, and has them send each other datagrams. All failures are in
 * the answer; if there are any, or keys to be confirmed, no datagram is sent yet.
 */
export async function survey(request: SurveyRequest): Promise<Survey> {
  const { machines, there, io, signal } = request;
  const inventory = asInventory(machines, io.cwd, there);
  const isNew = (machine: string) => machines.includes(machine);
  const router = new RouteFinder(inventory, createHome(io.env));
  const suspend = <T>(work: () => Promise<T>) => work();
  const transport = await openTransport(inventory, request, io, { signal, suspend });
  try {
    const answers = await Promise.allSettled(
      inventory.nodes.map(async (node) => {
        const [hop, connection] = await Promise.all([router.hopTo(node), transport.connect(node, signal)]);
        const surveyed = await askMachine(node, { hop, connection, signal });
        if (isNew(node.name)) request.onAnswer(surveyed);
        return { surveyed, connection };
      }),
    );
    signal.throwIfAborted();
    const met = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const refused = answers.flatMap((answer, index) =>
      answer.status === 'rejected'
        ? [{ machine: inventory.nodes[index]?.name ?? '', error: known(answer.reason) }]
        : [],
    );
    const absent = refused.filter(({ machine }) => !isNew(machine));
    const unable = refused.filter(({ machine }) => isNew(machine));
    const unknownKeys = unable.flatMap(({ error }) => (error instanceof UnknownHostKey ? [error] : []));
    const failed = unable.filter(({ error }) => !(error instanceof UnknownHostKey));
    const answered = met.map((one) => one.surveyed);
    const measured = unable.length > 0 ? NOTHING : await measureAll(met, request);
    return {
      surveyed: answered.filter(({ machine }) => isNew(machine)),
      observers: answered.filter(({ machine }) => !isNew(machine)),
      absent: new Map(absent.map(({ machine, error }) => [machine, error.message])),
      failed,
      unknownKeys: once(unknownKeys),
      heard: measured.heard,
      unmeasured: measured.failed,
    };
  } finally {
    await transport.close();
  }
}

async function askMachine(
  { name }: Node,
  {
    hop,
    connection,
    signal,
  }: { readonly hop: Hop; readonly connection: Connection; readonly signal: AbortSignal },
): Promise<Surveyed> {
  const asked = Date.now() / 1000;
  const facts = await ask(connection, machineFact, { node: name, deadlineMs: DEADLINE_MS, signal });
  const answered = Date.now() / 1000;
  const skew = facts.clock < asked - 1 ? facts.clock - asked : Math.max(0, facts.clock - answered);
  return { machine: name, hop, facts, skew: Math.round(skew) };
}

function known(error: unknown): BridgeheadError {
  return error instanceof BridgeheadError
    ? error
    : new BridgeheadError('E_REMOTE_GARBLED', `the machine gave an answer that can't be read`, {
        evidence: messageOf(error),
        fix: 'log in there and check that sh, ip and sed work',
        cause: error,
      });
}

/** Each machine behind a jump host reports the jump host's refusal; it counts once. */
function once(keys: readonly UnknownHostKey[]): UnknownHostKey[] {
  return [...new Map(keys.map((key) => [`${key.hop.id} ${key.fingerprint}`, key])).values()];
}
