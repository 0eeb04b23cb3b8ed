import type { Refused } from '../remote/part.js';

/** How long a node waits for confirmation before it reverts a change, unless the run says otherwise. */
export const GUARD_SECONDS = 90;

/** Who holds a node: shown to a second run. */
export interface Holder {
  /** Run id. */
  readonly run: string;
  readonly user: string;
  /** Name of the controller's machine. */
  readonly host: string;
  /** Process id on the controller. */
  readonly pid: number;
  /** UTC, ISO 8601. */
  readonly since: string;
  /** Id of the controller's boot. This and `started` are missing if its system doesn't say, and in a lock of an earlier version. */
  readonly bootid?: string;
  /** When the process was started, in the kernel's ticks since that boot. */
  readonly started?: string;
}

/** By what a run knows later that nobody else has had a node since it looked. */
export interface Ground {
  /** Id of the run that released it last; empty if none has. */
  readonly last: string;
  /** Id of the node's boot. */
  readonly boot: string;
}

export type LockOutcome =
  /** `stale` is the holder whose lock was taken over, because the node has rebooted since. */
  | { readonly kind: 'taken'; readonly stale?: Holder }
  /** Nobody has it, and it was not taken. */
  | { readonly kind: 'free'; readonly ground: Ground }
  /** `armed`: a guard waits on the node, whoever armed it; `holder` is missing if there is only a guard. */
  | { readonly kind: 'held'; readonly holder: Holder | undefined; readonly armed: boolean }
  /** The node can't keep a state folder. */
  | Refused;

export type UnlockOutcome =
  /** `holder` is missing when nothing was locked. */
  | { readonly kind: 'unlocked'; readonly holder: Holder | undefined }
  | { readonly kind: 'armed'; readonly holder: Holder | undefined }
  /** Another run than the named one holds it. */
  | { readonly kind: 'held'; readonly holder: Holder | undefined }
  | Refused;

/** What a change may alter on a node, and so what a snapshot keeps. */
export interface Touches {
  /** Absolute normalised paths of files or folders; a folder is kept with all that is in it. */
  readonly files: readonly string[];
  /** Full unit names, such as `wg-quick@wg0.service`. */
  readonly units: readonly string[];
  /** Kernel settings by name, such as `net.ipv4.ip_forward`. */
  readonly sysctls: readonly string[];
  /** Interfaces that may come, go or change; one name or more keeps all of the live network state. */
  readonly interfaces: readonly string[];
  /** Keeps all of the live network state, and the usual files and units of networks, firewalls and sshd. */
  readonly network: boolean;
}

export const NO_TOUCHES: Touches = { files: [], units: [], sysctls: [], interfaces: [], network: false };

/** The union of what several changes touch, each thing once. */
export function joinTouches(all: readonly Touches[]): Touches {
  const once = (pick: (one: Touches) => readonly string[]): string[] => [...new Set(all.flatMap(pick))];
  return {
    files: once(({ files }) => files),
    units: once(({ units }) => units),
    sysctls: once(({ sysctls }) => sysctls),
    interfaces: once(({ interfaces }) => interfaces),
    network: all.some(({ network }) => network),
  };
}

export interface PhaseOfRun {
  /** Run id. */
  readonly run: string;
  /** Name of the phase, one line. */
  readonly phase: string;
}

export interface SnapshotRequest extends PhaseOfRun {
  readonly touches: Touches;
  /** Whether older runs are kept beyond the usual number, as what undoes several of them needs. */
  readonly keepsAll?: boolean;
}

export interface ArmRequest extends SnapshotRequest {
  /** Seconds until the node reverts the phase by itself. */
  readonly seconds: number;
}

export type ArmOutcome =
  /** `by` is what fires: a timer of systemd, or a sleeping process that a reboot ends. */
  | {
      readonly kind: 'armed';
      readonly snapshot: string;
      readonly by: 'systemd' | 'sleeper';
      readonly seconds: number;
    }
  /** No guard can be had and nothing was changed. */
  | Refused;

export type GuardStatus = 'none' | 'armed' | 'confirmed' | 'firing' | 'reverted' | 'revert-failed';

/** The state of a run's guard on a node; texts of the node are not yet sanitized. */
export interface GuardReport {
  readonly state: GuardStatus;
  readonly run?: string;
  readonly phase?: string;
  /** Seconds until it fires, while armed by systemd. */
  readonly secondsLeft?: number;
  /** While armed: what the machine will be after its next boot has been proven, as far as it can be. */
  readonly proven?: boolean;
  /** What was reverted, one line each, such as `route added again: default via 192.0.2.1 dev eth0`. */
  readonly reverted: readonly string[];
  /** What could not be reverted. */
  readonly failed: readonly string[];
  /** What a confirmed round has on disk that nothing proves before the next boot. */
  readonly notes?: readonly BootNote[];
  /** Units that a confirmed round has started again, with whatever their files then said. */
  readonly live?: readonly string[];
}

/** Something that takes effect at the next boot and was not proven. */
export interface BootNote {
  /** The unit whose start would prove it, or a word for what reads it at boot. */
  readonly unit: string;
  /** One sentence, not yet sanitized. */
  readonly text: string;
}

/** What became of one phase of a run that was undone, one line for each thing. */
export interface UndonePhase {
  readonly phase: string;
  readonly undone: readonly string[];
  readonly failed: readonly string[];
}

/** How the undo of a run ended on a node; `phases` in the order in which they were undone. */
export type UndoOutcome =
  | { readonly kind: 'undone'; readonly phases: readonly UndonePhase[]; readonly undone: readonly string[] }
  | {
      readonly kind: 'failed';
      readonly phases: readonly UndonePhase[];
      readonly undone: readonly string[];
      readonly failed: readonly string[];
    }
  /** The node has no snapshot of that run. */
  | { readonly kind: 'unknown' }
  | Refused;

/** A run of which a node keeps snapshots. */
export interface KeptRun {
  readonly run: string;
  /** UTC, ISO 8601: when its first snapshot was taken. */
  readonly since: string;
  readonly undone: boolean;
  /** Oldest first; `outcome` is missing for a phase that needed no guard or was never decided. */
  readonly phases: readonly {
    readonly phase: string;
    readonly outcome?: 'confirmed' | 'reverted' | 'revert-failed';
    /** Files by their paths, `unit NAME` and `sysctl KEY` that it was to touch; missing if there are none. */
    readonly touched?: readonly string[];
    /** Links that it was to touch; missing if there are none. */
    readonly interfaces?: readonly string[];
  }[];
}
