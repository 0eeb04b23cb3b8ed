/** How long a run waits for what; seconds. */
export interface Patience {
  /** For reading a node, and for a change whose kind says nothing else. */
  readonly program: number;
  /** Upper bound for each gate, whose own patience may be less. */
  readonly gate: number;
  /** After the time of a guard that was not confirmed, until its node has to answer again. */
  readonly revert: number;
  /** For nodes that other shards change to come as far as this run's own. */
  readonly others: number;
  /** For nodes that another run holds. */
  readonly lock: number;
  /** Between two attempts to log in again: sshd takes quicker ones for an attack. */
  readonly retry: number;
}

/** Seconds given to a gate in a first look, in which many phases are measured at once. */
export const FIRST_LOOK_SECONDS = 2;
/** Seconds given to a gate if the run has changed nothing, so that hardly anything will change by waiting. */
export const UNCHANGED_SECONDS = 3;

export const PATIENCE: Patience = {
  program: 120,
  gate: Number.POSITIVE_INFINITY,
  revert: 150,
  others: 600,
  lock: 0,
  retry: 5,
};
