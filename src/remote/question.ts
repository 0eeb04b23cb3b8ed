import type { FragmentReply } from './program.js';
import type { Sh } from './script.js';

/** What is asked of a node, and what its answer says. */
export interface Question<T> {
  /** POSIX sh that only reads. */
  readonly script: Sh;
  /** Throws where the answer can't be read. */
  parse(reply: FragmentReply): T;
}
