import type { Inventory } from '../model/inventory.js';
import type { Lab, LabOptions, LabStatus } from './types.js';

export const DRIVERS = ['nspawn', 'docker'] as const;
/** What a lab is built with: machines on this Linux host, or all of it in one Docker container. */
export type DriverName = (typeof DRIVERS)[number];

export interface LabDriver {
  up(inventory: Inventory, options: LabOptions): Promise<Lab>;
  open(inventory: Inventory): Promise<Lab>;
  status(inventory: Inventory): Promise<LabStatus>;
  down(inventory: Inventory, options: LabOptions): Promise<void>;
}

/** nspawn as root on Linux, Docker elsewhere. */
export function defaultDriver({
  platform,
  getuid,
}: Pick<NodeJS.Process, 'platform' | 'getuid'> = process): DriverName {
  return platform === 'linux' && getuid?.() === 0 ? 'nspawn' : 'docker';
}

/** Loads only what the driver needs. */
export async function labDriver(name: DriverName = defaultDriver()): Promise<LabDriver> {
  if (name === 'docker') return (await import('./docker/driver.js')).docker;
  const [{ labUp }, { labDown }, { labStatus, openLab }] = await Promise.all([
    import('./up.js'),
    import('./down.js'),
    import('./status.js'),
  ]);
  return { up: labUp, open: openLab, status: labStatus, down: labDown };
}
