import type { Holder } from '../../guard/index.js';
import { bootId, isThere, startOf } from './process.js';

/** Machines without an id of their own can't be distinguished from others of the same name. */
const isHere = (holder: Holder, ours: Holder): boolean =>
  holder.host === ours.host && holder.host.includes('#');

/** What can be known of a lock's holder on this machine. */
type State =
  | 'alive'
  | 'gone'
  /** There is a process with its id, and the lock doesn't say enough to know whether it is the holder. */
  | 'unknown';

function stateOf({ pid, bootid, started }: Holder): State {
  const boot = bootId();
  if (bootid !== undefined && boot !== undefined && bootid !== boot) return 'gone';
  if (!isThere(pid)) return 'gone';
  const start = startOf(pid);
  if (bootid === undefined || started === undefined || start === undefined) return 'unknown';
  return start === started ? 'alive' : 'gone';
}

/** Whether a lock's holder was a run of this very machine whose process is gone, so that nobody else can know better. */
export function isDeadHere(holder: Holder, ours: Holder): boolean {
  return isHere(holder, ours) && stateOf(holder) === 'gone';
}

/** Whether a lock's holder is a process of this very machine. */
export function isAliveHere(holder: Holder, ours: Holder): boolean {
  return isHere(holder, ours) && stateOf(holder) === 'alive';
}

/** Whether a process of this very machine has the id of a lock's holder, and only a person can say whether it is the holder. */
export function isDoubtfulHere(holder: Holder, ours: Holder): boolean {
  return isHere(holder, ours) && stateOf(holder) === 'unknown';
}
