import * as guard from '../../guard/index.js';

/** The fragments of a node's own guard and the readers of their replies, as the runner needs them. */
export type NodeGuard = Pick<
  typeof guard,
  | 'lockFragment'
  | 'lookFragment'
  | 'parseLock'
  | 'releaseFragment'
  | 'disturbedFragment'
  | 'unlockFragment'
  | 'parseUnlock'
  | 'snapshotFragment'
  | 'parseSnapshot'
  | 'armFragment'
  | 'parseArm'
  | 'changeScript'
  | 'proofFragment'
  | 'parseProof'
  | 'confirmFragment'
  | 'stateFragment'
  | 'revertNowFragment'
  | 'parseGuard'
  | 'undoFragments'
  | 'parseUndo'
>;

export const NODE_GUARD: NodeGuard = guard;
