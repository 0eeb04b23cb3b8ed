export { armFragment } from './arm.js';
export { changeScript, GUARD_GONE, type GuardedChange } from './change.js';
export { confirmFragment, revertNowFragment, stateFragment } from './confirm.js';
export { forgetFragment } from './forget.js';
export {
  disturbedFragment,
  lockFragment,
  lookFragment,
  releaseFragment,
  unlockFragment,
} from './lock.js';
export { proofFragment } from './prove.js';
export { configuresSshd, decidesReach } from './reach/paths.js';
export { isReachUnit, SSH_UNITS } from './reach/units.js';
export { ZONE_PRIORITY } from './reach/zones.js';
export { KEPT_RUNS, snapshotFragment } from './snapshot.js';
export { BOOT_UNIT, STATE_FOLDER } from './state-folder.js';
export * from './types.js';
export { listRunsFragment, type UndoChoice, undoFragment } from './undo.js';
