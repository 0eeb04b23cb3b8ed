import { accessSync, constants } from 'node:fs';

/** Whether disposable machines can be built here. */
export function canRehearse(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
