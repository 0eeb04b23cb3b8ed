import { homedir } from 'node:os';
import { join } from 'node:path';
import type { GuardPolicy } from '../runner/context.js';
import type { Shard } from '../runner/shards/shard.js';
import type { Io } from './terminal/io.js';

/** What the commands that work on an inventory are told. */
export interface Options {
  readonly inventory?: string;
  /** None: the one that ships for the shape of the networks. */
  readonly playbook?: string;
  readonly phase: readonly string[];
  readonly from?: string;
  readonly resume?: boolean;
  readonly only: readonly string[];
  readonly shard?: Shard;
  /** Seconds; given to `apply` alone. */
  readonly shardWait?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly acceptNew?: boolean;
  readonly exitCode?: boolean;
  readonly concurrency: number;
  /** Seconds. */
  readonly timeout: number;
  readonly sudoTimeout: number;
  readonly programTimeout: number;
  /** Undefined leaves each gate its own patience. */
  readonly gateTimeout?: number;
  /** Given to `apply` alone. */
  readonly guard?: boolean;
  readonly guardSeconds?: number;
  readonly rollbackPhase?: boolean;
  readonly skipUnreachable?: boolean;
  readonly keepChanged?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly stateDir?: string;
}

/** What every command that connects to nodes is told. */
export type ConnectOptions = Pick<
  Options,
  'inventory' | 'yes' | 'json' | 'acceptNew' | 'concurrency' | 'timeout' | 'sudoTimeout' | 'verbose' | 'color'
>;

/** How changes that could cut SSH are made; what `plan` and `check` are not told, they don't need. */
export function guardPolicy({ guard, guardSeconds }: Pick<Options, 'guard' | 'guardSeconds'>): GuardPolicy {
  return { enabled: guard !== false, seconds: guardSeconds ?? 90 };
}

/** `--state-dir`, else the place that the XDG base directories give. */
export function stateDir(given: string | undefined, { env }: Pick<Io, 'env'>): string {
  if (given !== undefined) return given;
  const base = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  return join(base, 'bridgehead');
}
