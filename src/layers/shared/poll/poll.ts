import again from './poll.sh';

/** POSIX sh that defines `again`, to be used as `while …; do …; again || break; done`, within `patience` seconds. */
export function pollFunction(patience: number): string {
  return `patience=${Math.ceil(patience)}\n${again}`;
}
