import { BridgeheadError } from '../core/errors.js';
import type { Inventory } from '../model/inventory.js';
import { writeRecords } from './internet/dns.js';
import { RunningLab } from './lab.js';
import { LabPaths } from './names.js';
import { execInside } from './network/namespaces.js';
import { setTable } from './network/router.js';
import { labDigest, readRecord, writeRecord } from './state.js';
import type { LabState } from './topology/both.js';
import { planLab } from './topology/lab.js';
import type { Lab } from './types.js';

/**
 * Gives the routers of a lab the forwards of a state with the same machines and sites, and its DNS that state's names, and makes
 * it `current`'s lab. Connections that a router already tracks continue. Returns the lab.
 */
export async function rewire(lab: Lab, { inventory, needs }: LabState, current: Inventory): Promise<Lab> {
  const paths = new LabPaths(lab.name);
  const record = await readRecord(paths);
  if (record === undefined) throw new BridgeheadError('E_LAB', `lab ${lab.name} is not up`);
  const plan = planLab(inventory, needs);
  const earlier = new Map(lab.plan.namespaces.map(({ name, nft }) => [name, nft]));
  for (const { name, nft } of plan.namespaces) {
    if (nft === undefined || nft === earlier.get(name)) continue;
    await setTable((command, options) => execInside(paths.namespace(name), command, options), nft);
  }
  if (plan.internet !== undefined) await writeRecords(plan.internet.dns, paths);
  const { file, name } = current;
  await writeRecord(paths, { ...record, plan, inventory: { file, name, digest: labDigest(current) } });
  return new RunningLab({ plan, bases: record.bases });
}
