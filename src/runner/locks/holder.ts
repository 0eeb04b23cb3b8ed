import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

const MACHINE_ID = '/etc/machine-id';

/**
 * This machine as locks name it: `laptop#3fa9c1d2`. What follows the sign distinguishes machines of the same name, and is
 * missing if the system has no id of its own.
 */
export function thisHost(): string {
  const id = existsSync(MACHINE_ID) ? readFileSync(MACHINE_ID, 'utf8').trim() : '';
  if (id === '') return hostname();
  return `${hostname()}#${createHash('sha256').update(`bridgehead ${id}`).digest('hex').slice(0, 8)}`;
}
