import type { Io } from '../../terminal/io.js';
import type { Written } from '../dialogue/kept.js';
import type { Work, World } from '../dialogue/types.js';
import type { ProvisionOptions } from '../options.js';
import type { Survey } from '../survey/survey.js';

export interface WorkRequest {
  readonly world: World;
  /** The inventory as it was written before, by this start or an earlier one. */
  readonly written: Written | undefined;
  readonly options: ProvisionOptions;
  readonly io: Io;
  /** The inventory's file. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/** The result of a piece of work; if empty, it succeeded. */
export interface Worked {
  readonly survey?: Survey;
  readonly written?: Written;
  /** Exit code of the command that it was. */
  readonly exit?: number;
}

export type Workshop = (work: Work, request: WorkRequest) => Promise<Worked>;
