import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import type { Inventory } from '../model/inventory.js';
import { readUnlessMissing, readWhole, writeWhole } from './host/whole-file.js';
import { type LabPaths, RUN_ROOT } from './names.js';
import type { Image, LabPlan } from './types.js';

/** The record of a lab while there is one. */
export interface LabRecord {
  readonly state: 'building' | 'up';
  /** The process that builds it, and its start time, so that a later one with the same id isn't mistaken for it. */
  readonly builder: { readonly pid: number; readonly began: string };
  /** ISO 8601. */
  readonly since: string;
  readonly inventory: { readonly file: string; readonly name: string; readonly digest: string };
  readonly plan: LabPlan;
  /** Root trees on which the machines' disks lie. */
  readonly bases: Readonly<Partial<Record<Image, string>>>;
}

/** Whether an inventory is the one that a lab was built from. */
export function labDigest(inventory: Inventory): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...inventory, file: '' }))
    .digest('hex');
}

/** When a process began, in clock ticks since the machine did; undefined when there is no such process. */
export async function processBegan(pid: number): Promise<string | undefined> {
  const stat = await readUnlessMissing(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold spaces; the 20th field after it is the start time.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

export async function writeRecord(paths: LabPaths, record: LabRecord): Promise<void> {
  await mkdir(paths.run, { recursive: true, mode: 0o700 });
  await writeWhole(paths.record, record);
}

/** The record of a lab; undefined when there is none. */
export function readRecord(paths: LabPaths): Promise<LabRecord | undefined> {
  return readWhole<LabRecord>(paths.record);
}

/** Names of all labs that have a folder, alive or dead. */
export async function labNames(): Promise<readonly string[]> {
  try {
    const entries = await readdir(RUN_ROOT, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export async function builderLives({ builder }: LabRecord): Promise<boolean> {
  return (await processBegan(builder.pid)) === builder.began;
}
