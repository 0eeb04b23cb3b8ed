import { type Done, doneOrRefused, type Part } from '../remote/part.js';
import forget from './fragments/forget.sh';
import { prelude } from './state-folder.js';

/**
 * Removes the state folder, with all snapshots, of a node that has left; its changes can't be undone after that. Refused
 * while a run has the node or a guard is armed there.
 */
export function forgetFragment(): Part<Done> {
  return {
    id: 'guard.forget',
    script: `${prelude()}${forget.trimEnd()}`,
    parse: doneOrRefused,
  };
}
