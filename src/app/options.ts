import { join } from 'node:path';
import { homeOf } from '../core/user.js';
import { GUARD_SECONDS } from '../guard/types.js';
import type { Inventory } from '../model/inventory.js';
import type { GuardPolicy } from '../runner/context.js';
import type { Shard } from '../runner/shards/shard.js';
import type { ReportTarget } from './reports/report-files.js';
import type { Io } from './terminal/io.js';

/** Options of the commands that work on an inventory. */
export interface Options {
  readonly inventory?: string;
  /** Default: the built-in one for the shape of the networks. */
  readonly playbook?: string;
  readonly phase: readonly string[];
  /** Whether deep phases are measured. */
  readonly deep?: boolean;
  readonly from?: string;
  readonly resume?: boolean;
  readonly only: readonly string[];
  readonly shard?: Shard;
  /** Seconds; only for `apply`. */
  readonly shardWait?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly acceptNew?: boolean;
  readonly exitCode?: boolean;
  /** Whether plans show every line of every change. */
  readonly full?: boolean;
  readonly concurrency: number;
  /** Seconds. */
  readonly timeout: number;
  readonly sudoTimeout: number;
  readonly programTimeout: number;
  /** Undefined: each gate's own. */
  readonly gateTimeout?: number;
  /** Seconds; only for commands that lock nodes. */
  readonly waitForLock?: number;
  /** Only for `apply`. */
  readonly guard?: boolean;
  readonly guardSeconds?: number;
  readonly rollbackPhase?: boolean;
  readonly skipUnreachable?: boolean;
  readonly keepChanged?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly stateDir?: string;
  /** Folder with programs that are sent to nodes. */
  readonly programs?: string;
  /** Only for plan, apply and check. */
  readonly report?: readonly ReportTarget[];
  /** File that says who is notified of the run; only for plan, apply and check. */
  readonly notify?: string;
  /** False: the caller shows the network, and what to do next. */
  readonly showsNext?: boolean;
}

/** The options that name an inventory and a playbook, as they would be typed. */
export function targetOptions(
  { playbook }: Pick<Options, 'playbook'>,
  { file }: Pick<Inventory, 'file'>,
): string[] {
  return ['-i', file, ...(playbook === undefined ? [] : ['-p', playbook])];
}

/** Options of every command that connects to nodes. */
export type ConnectFlags = Pick<
  Options,
  'inventory' | 'yes' | 'json' | 'acceptNew' | 'concurrency' | 'timeout' | 'sudoTimeout' | 'verbose' | 'color'
>;

/** How changes that could cut SSH are guarded; `plan` and `check` don't have these options. */
export function guardPolicy({ guard, guardSeconds }: Pick<Options, 'guard' | 'guardSeconds'>): GuardPolicy {
  return { enabled: guard !== false, seconds: guardSeconds ?? GUARD_SECONDS };
}

/** `--state-dir`, else the XDG state directory. */
export function stateDir(given: string | undefined, { env }: Pick<Io, 'env'>): string {
  if (given !== undefined) return given;
  const base = env['XDG_STATE_HOME'] || join(homeOf(env), '.local', 'state');
  return join(base, 'bridgehead');
}
