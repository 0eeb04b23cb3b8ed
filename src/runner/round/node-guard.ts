import * as guard from '../../guard/index.js';

/** What the runner asks of a node's own guard. */
export type NodeGuard = Pick<
  typeof guard,
  | 'lockFragment'
  | 'lookFragment'
  | 'releaseFragment'
  | 'disturbedFragment'
  | 'unlockFragment'
  | 'snapshotFragment'
  | 'armFragment'
  | 'changeScript'
  | 'proofFragment'
  | 'confirmFragment'
  | 'stateFragment'
  | 'revertNowFragment'
  | 'undoFragment'
  | 'listRunsFragment'
>;

export const NODE_GUARD: NodeGuard = guard;
