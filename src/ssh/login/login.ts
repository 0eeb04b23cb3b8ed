/** Loads the SSH client separately: that takes as long as asking `ssh` for its settings, so both run at the same time. */
export { credentials } from './credentials.js';
export { dial } from './dial.js';
