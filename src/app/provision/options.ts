import type { Key } from './dialogue/types.js';

export interface ProvisionOptions {
  readonly inventory?: string;
  readonly answers?: string;
  readonly restart?: boolean;
  readonly acceptNew?: boolean;
  readonly timeout: number;
  readonly sudoTimeout: number;
  readonly color: boolean;
  readonly stateDir?: string;
  /** Seconds. */
  readonly waitForLock?: number;
  readonly verbose?: boolean;
}

/** Answers as they are typed behind flags. */
export type Flags = Readonly<Partial<Record<Key, string>>>;
