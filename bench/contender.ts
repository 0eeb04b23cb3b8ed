import type { Lab } from '../src/lab/index.js';
import type { BenchNode } from './inventory.js';

/** What is measured; the README's table has a row for each. */
export type Job = 'reapply' | 'port' | 'first' | 'check';

export interface Bench {
  readonly lab: Lab;
  readonly nodes: readonly BenchNode[];
  /** Folder for inventories, playbooks and the peers' own files. */
  readonly folder: string;
  /** Where each node's sshd is dialled: straight, or through the delaying proxies. */
  readonly dial: (index: number) => { readonly host: string; readonly port: number };
  readonly delayed: boolean;
}

/** One tool, given the same mesh job as its own experts would write it. */
export interface Contender {
  readonly name: string;
  readonly jobs: readonly Job[];
  /** Writes its files; not measured. */
  prepare(bench: Bench): Promise<void>;
  /** The command that does the job, standing as the laptop. `moved` is the inventory with the peer's other port. */
  command(bench: Bench, job: Job, moved: boolean): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the output proves that nothing was changed. */
  unchanged?(output: string): boolean;
}
