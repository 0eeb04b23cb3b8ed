/** A piece of POSIX sh that reads or changes one thing on a node. Its standard input is empty. */
export interface Fragment {
  /** Letters, digits, `.`, `-`, `_`: unique within a program. */
  readonly id: string;
  readonly script: string;
  /** Ends the program when the fragment fails; later fragments then don't run. */
  readonly required?: boolean;
}

/** What one fragment answered. */
export interface FragmentReply {
  readonly id: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
