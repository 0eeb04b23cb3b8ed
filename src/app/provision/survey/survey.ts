import { BridgeheadError, messageOf } from '../../../core/errors.js';
import { type Machine, machineFact } from '../../../facts/machine/machine.js';
import { type Family, familyOf } from '../../../model/address.js';
import type { Node } from '../../../model/inventory.js';
import { ask } from '../../../remote/execute.js';
import type { Connection } from '../../../remote/transport.js';
import { createHome, type Hop, RouteFinder, UnknownHostKey } from '../../../ssh/index.js';
import { openTransport } from '../../ssh-transport.js';
import type { Io } from '../../terminal/io.js';
import { ownPublic, reaches } from '../infer/addresses.js';
import { callableAt, outsideOf } from '../infer/outside.js';
import { type Heard, type Measured, measure, type Shot } from './heard.js';
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
const PATIENCE = 3;
/** How many ports of a router are tried for forwards, from the network's own on. */
const TRIED_PORTS = 12;

/**
 * Logs in to every machine at once, asks each one question, and has them send each other datagrams. All failures are in
 * the answer; if there are any, or keys to be confirmed, no datagram is sent yet.
 */
export async function survey(request: SurveyRequest): Promise<Survey> {
  const { machines, io, signal } = request;
  const inventory = asInventory(machines, io.cwd);
  const router = new RouteFinder(inventory, createHome(io.env));
  const suspend = <T>(work: () => Promise<T>) => work();
  const transport = await openTransport(inventory, request, io, { signal, suspend });
  try {
    const answers = await Promise.allSettled(
      inventory.nodes.map(async (node) => {
        const [hop, connection] = await Promise.all([router.hopTo(node), transport.connect(node, signal)]);
        const surveyed = await askMachine(node, { hop, connection, signal });
        request.onAnswer(surveyed);
        return { surveyed, connection };
      }),
    );
    signal.throwIfAborted();
    const met = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const refused = answers.flatMap((answer, index) =>
      answer.status === 'rejected' ? [{ machine: machines[index] ?? '', error: known(answer.reason) }] : [],
    );
    const unknownKeys = refused.flatMap(({ error }) => (error instanceof UnknownHostKey ? [error] : []));
    const failed = refused.filter(({ error }) => !(error instanceof UnknownHostKey));
    const surveyed = met.map((one) => one.surveyed);
    const measured = refused.length > 0 ? NOTHING : await measureAll(met, request);
    return {
      surveyed,
      failed,
      unknownKeys: once(unknownKeys),
      heard: measured.heard,
      unmeasured: measured.failed,
    };
  } finally {
    await transport.close();
  }
}

const NOTHING: Measured = { heard: [], failed: new Map() };

interface Met {
  readonly surveyed: Surveyed;
  readonly connection: Connection;
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

/** First how the machines see each other's addresses, then where the routers that this reveals forward their ports. */
async function measureAll(met: readonly Met[], { port, signal }: SurveyRequest): Promise<Measured> {
  const listeners = met.map(({ surveyed, connection }) => ({ machine: surveyed.machine, connection }));
  const surveyed = met.map((one) => one.surveyed);
  const options = { port, patience: PATIENCE, signal };
  const calls = await measure(listeners, callsBetween(surveyed, port), options);
  const shots = shotsAtRouters(surveyed, calls.heard, port);
  if (shots.length === 0) return calls;
  const forwards = await measure(listeners, shots, options);
  return {
    heard: [...calls.heard, ...forwards.heard],
    failed: new Map([...calls.failed, ...forwards.failed]),
  };
}

function callsBetween(surveyed: readonly Surveyed[], port: number): Shot[] {
  const families: readonly Family[] = [4, 6];
  return surveyed.flatMap((to) =>
    families.flatMap((family) => {
      const address = callableAt(to, family);
      if (address === undefined) return [];
      return surveyed
        .filter((from) => from !== to && reaches(from.facts, family) && from.facts.perl && to.facts.perl)
        .map((from) => ({ from: from.machine, to: to.machine, address, port }));
    }),
  );
}

function shotsAtRouters(surveyed: readonly Surveyed[], heard: readonly Heard[], port: number): Shot[] {
  const outsides = new Set(surveyed.flatMap((one) => outsideOf(one, surveyed, heard) ?? []));
  return [...outsides].flatMap((address) => {
    const shooter = surveyed.find(
      ({ facts }) =>
        facts.perl && ownPublic(facts).some((own) => familyOf(own) === familyOf(address) && own !== address),
    );
    if (shooter === undefined) return [];
    return Array.from({ length: TRIED_PORTS }, (_, n) => ({
      from: shooter.machine,
      address,
      port: port + n,
    }));
  });
}
