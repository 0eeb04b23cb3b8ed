import type { Io } from '../terminal/io.js';
import type { Given } from './dialogue/answers.js';
import type { Draftfile } from './dialogue/kept.js';
import type { ProvisionOptions } from './options.js';
import type { Prompter } from './prompt.js';
import type { Workshop } from './work/types.js';

/** What a conversation works with. */
export interface ConversationParts {
  readonly options: ProvisionOptions;
  readonly io: Io;
  readonly file: string;
  readonly beforehand: Given;
  readonly drafts: Draftfile;
  /** Undefined without a terminal. */
  readonly prompter: Prompter | undefined;
  readonly signal: AbortSignal;
  /** Why a rehearsal can't run here. */
  readonly rehearsalObstacle?: string | undefined;
  /** Does the work between questions; tests pass their own. */
  readonly workshop?: Workshop;
}
