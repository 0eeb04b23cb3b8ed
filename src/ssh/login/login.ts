/** What speaks SSH, loaded apart: it takes as long as asking `ssh` for the settings, which can be done meanwhile. */
export { credentials } from './credentials.js';
export { dial } from './dial.js';
