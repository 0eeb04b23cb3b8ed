import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Path, showPath, sourceOf } from '../../document/index.js';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';
import { redact } from '../../remote/redact.js';
import { runFolder } from './journal.js';

/** What a run was given. */
export interface Given {
  readonly inventory: Inventory;
  readonly playbook: Playbook;
}

/** The first version whose runs keep it. */
export const GIVEN_SINCE = '0.1.0';

const PARTS = ['inventory', 'playbook'] as const;
const fileOf = (stateDir: string, run: string, part: (typeof PARTS)[number]) =>
  join(runFolder(stateDir, run), `${part}.yaml`);

/** Where the copies of a run say `[redacted]` in place of something, such as `phases[0].steps[1].file.content`. */
export type Redacted = Readonly<Record<(typeof PARTS)[number], readonly string[]>>;

const redactedFile = (stateDir: string, run: string): string =>
  join(runFolder(stateDir, run), 'redacted.json');

/**
 * Keeps the inventory and the playbook of a run in its folder, readable only by their owner, without comments, the content of
 * secret files, and whatever else looks like a secret; `redacted.json` says where something was left out. Of one that no file
 * describes, nothing is kept.
 */
export function keepGiven(stateDir: string, run: string, given: Given): void {
  const options = { mode: 0o600, flag: 'wx' };
  const redacted = { inventory: [] as string[], playbook: [] as string[] };
  for (const part of PARTS) {
    const source = sourceOf(given[part]);
    if (source === undefined) continue;
    const kept = keptOf(source, [], (path) => redacted[part].push(showPath(path)));
    writeFileSync(fileOf(stateDir, run, part), stringify(kept, { lineWidth: 0 }), options);
  }
  if (PARTS.every((part) => redacted[part].length === 0)) return;
  writeFileSync(redactedFile(stateDir, run), `${JSON.stringify(redacted)}\n`, options);
}

export type GivenFiles = Partial<Readonly<Record<(typeof PARTS)[number], string>>>;

/** The files that {@link keepGiven} has left of a run. */
export function givenFiles(stateDir: string, run: string): GivenFiles {
  const files = PARTS.map((part) => [part, fileOf(stateDir, run, part)] as const);
  return Object.fromEntries(files.filter(([, file]) => existsSync(file)));
}

/** What {@link keepGiven} has left out of them. */
export function redactedIn(stateDir: string, run: string): Redacted {
  const file = redactedFile(stateDir, run);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { inventory: [], playbook: [] };
}

function keptOf(value: unknown, path: Path, leftOut: (path: Path) => void): unknown {
  if (typeof value === 'string') {
    const text = redact(value);
    if (text !== value) leftOut(path);
    return text;
  }
  if (Array.isArray(value)) return value.map((item, index) => keptOf(item, [...path, index], leftOut));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const isSecret = entries.some(([key, inner]) => key === 'secret' && inner === true);
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const place = [...path, key];
      if (!isSecret || key !== 'content') return [key, keptOf(inner, place, leftOut)];
      leftOut(place);
      return [key, '[redacted]'];
    }),
  );
}
