import type { Holder } from '../../guard/index.js';

/** Whether a process of this machine is there; one that belongs to another user is. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Machines without an id of their own can't be distinguished from others of the same name. */
const isHere = (holder: Holder, ours: Holder): boolean =>
  holder.host === ours.host && holder.host.includes('#');

/** Whether a lock's holder was a run of this very machine whose process is gone, so that nobody else can know better. */
export function isDeadHere(holder: Holder, ours: Holder): boolean {
  return isHere(holder, ours) && !isAlive(holder.pid);
}

/** Whether a lock's holder is a process of this very machine. */
export function isAliveHere(holder: Holder, ours: Holder): boolean {
  return isHere(holder, ours) && isAlive(holder.pid);
}
