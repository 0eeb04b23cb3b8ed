import { BridgeheadError } from '../core/errors.js';
import type { Inventory } from '../model/inventory.js';
import { labLives } from './cleanup.js';
import { RunningLab } from './lab.js';
import { look } from './machine/inspect.js';
import { LabPaths, labName } from './names.js';
import { builderLives, labDigest, readRecord } from './state.js';
import type { Lab, LabStatus, MachineStatus } from './types.js';

/** The state of an inventory's lab, read from the machines themselves. Changes nothing. */
export async function labStatus(inventory: Inventory): Promise<LabStatus> {
  const paths = new LabPaths(labName(inventory.name));
  const record = await readRecord(paths);
  const lives = await labLives(paths);
  if (record === undefined) return { name: paths.lab, state: lives ? 'dead' : 'down', machines: [] };
  const building = record.state === 'building' && (await builderLives(record));
  const state = building ? 'building' : record.state === 'up' && lives ? 'up' : 'dead';
  const machines = record.plan.machines.map(async ({ node, release }): Promise<MachineStatus> => {
    const seen = await look(node, paths);
    return { node, release, state: seen?.state ?? 'down', failedUnits: seen?.failedUnits ?? [] };
  });
  return {
    name: paths.lab,
    state,
    since: record.since,
    current: record.inventory.digest === labDigest(inventory),
    laptop: record.plan.laptop,
    machines: await Promise.all(machines),
  };
}

/** The lab of an inventory, which must be up; E_LAB otherwise. */
export async function openLab(inventory: Inventory): Promise<Lab> {
  const paths = new LabPaths(labName(inventory.name));
  const record = await readRecord(paths);
  const lives = await labLives(paths);
  if (record?.state === 'up' && lives) return new RunningLab(record);
  throw new BridgeheadError('E_LAB', `lab ${paths.lab} is not up`, {
    evidence:
      record === undefined ? 'there is no lab with that name' : `it is ${lives ? 'half built' : 'dead'}`,
    fix: `\`bridgehead lab up -i ${inventory.file}\` builds it`,
  });
}
