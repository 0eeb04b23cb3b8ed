import { BridgeheadError } from '../core/errors.js';
import type { Inventory } from '../model/inventory.js';
import { tearDown } from './cleanup.js';
import { withLock } from './host/lock.js';
import { LabPaths, labName } from './names.js';
import { builderLives, readRecord } from './state.js';
import type { LabOptions } from './types.js';

/**
 * Takes a lab down, or what is left of one. It is fine if there is nothing. E_LAB if another process is building it right
 * now.
 */
export async function labDown(inventory: Inventory, { log }: LabOptions): Promise<void> {
  const paths = new LabPaths(labName(inventory.name));
  const record = await readRecord(paths);
  if (record?.state === 'building' && record.builder.pid !== process.pid && (await builderLives(record))) {
    throw new BridgeheadError('E_LAB', `lab ${paths.lab} is being built by process ${record.builder.pid}`, {
      fix: 'interrupt it; it then cleans up after itself',
    });
  }
  const ended = await withLock(`lab ${paths.lab}`, 30_000, () => tearDown(paths));
  log(record === undefined && ended === 0 ? `lab ${paths.lab} was not up` : `lab ${paths.lab} is down`);
}
