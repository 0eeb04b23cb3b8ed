import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../core/errors.js';
import { thisUser } from '../core/user.js';
import { GUARD_SECONDS, type Holder } from '../guard/types.js';
import { RunSecrets } from '../layers/pair-secrets.js';
import type { Inventory } from '../model/inventory.js';
import type { Transport } from '../remote/transport.js';
import { thisMachine } from '../visitor/this-machine.js';
import type { Visitors } from '../visitor/visitor.js';
import type { GuardPolicy, RunContext } from './context.js';
import { Logins } from './groups/fresh-login.js';
import { thisHost } from './locks/holder.js';
import { Locks } from './locks/locks.js';
import { thisProcess } from './locks/process.js';
import { NO_PROGRAMS, type Programs } from './parcels/send.js';
import { PATIENCE, type Patience } from './patience.js';
import { Observations } from './plan/observations.js';
import { countsFor, type GivenFacts } from './plan/scope.js';
import { BootNotes } from './round/boot-notes.js';
import { NODE_GUARD, type NodeGuard } from './round/node-guard.js';
import type { Shard } from './shards/shard.js';

export interface ContextRequest {
  /** Run id. */
  readonly run: string;
  readonly inventory: Inventory;
  readonly transport: Transport;
  /** This machine when left out. */
  readonly visitors?: Visitors | undefined;
  readonly emit: RunContext['emit'];
  readonly signal: AbortSignal;
  readonly concurrency: number;
  /** The command that resumes the run, if one does. */
  readonly resume?: string | undefined;
  /** Nodes that may be changed. */
  readonly chosen: ReadonlySet<string>;
  readonly shard?: Shard | undefined;
  /** Under a guard of 90 s when left out. */
  readonly guard?: GuardPolicy | undefined;
  readonly patience?: Partial<Patience> | undefined;
  readonly nodeGuard?: NodeGuard | undefined;
  /** Where programs that are sent to nodes come from. */
  readonly programs?: Programs | undefined;
  readonly given?: GivenFacts | undefined;
  /**
   * Called whenever nodes were locked, and before anything is changed there; rejects if what is to be applied is out of date.
   * Answers the given facts as they are now if another run was waited for.
   */
  readonly afterLock?: ((waited: boolean) => Promise<GivenFacts | undefined>) | undefined;
  readonly secrets?: RunSecrets | undefined;
}

/** What the stages of a run hand to each other, with nothing connected yet. */
export function makeContext(request: ContextRequest): RunContext {
  const { run, inventory, transport, emit, signal, concurrency, chosen, shard } = request;
  const nodeGuard = request.nodeGuard ?? NODE_GUARD;
  const absent = new Set<string>();
  const observations = new Observations(request.given, absent);
  const holder: Holder = {
    run,
    user: thisUser().name,
    host: thisHost(),
    pid: process.pid,
    since: new Date().toISOString(),
    ...thisProcess(),
  };
  return {
    run,
    emit,
    signal,
    concurrency,
    again: request.resume === undefined ? 'the command again' : `\`${request.resume}\``,
    inventory,
    transport,
    visitors: request.visitors ?? thisMachine,
    connections: new Map(),
    logins: new Logins(),
    observations,
    secrets: request.secrets ?? new RunSecrets(),
    chosen,
    counts: countsFor(chosen, shard, absent),
    absent,
    shard,
    token: run.replaceAll(/[^A-Za-z0-9]/g, ''),
    holder,
    locks: new Locks(holder, nodeGuard),
    afterLock: async (waited) => observations.give((await request.afterLock?.(waited)) ?? new Map()),
    guard: request.guard ?? { enabled: true, seconds: GUARD_SECONDS },
    armedNodes: new Set(),
    bootNotes: new BootNotes(),
    patience: { ...PATIENCE, ...request.patience },
    programs: request.programs ?? NO_PROGRAMS,
    nodeGuard,
    pause: (ms) =>
      sleep(ms, undefined, { signal }).catch(() => {
        throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
      }),
  };
}
