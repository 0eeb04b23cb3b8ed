import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256 } from '../../../core/sha256.js';
import type { Options } from '../../options.js';
import type { Io } from '../../terminal/io.js';

type Asked = Pick<Options, 'inventory' | 'playbook'>;

const shown = new WeakMap<object, string>();

/** Of the files that a plan follows from; the playbook may be a built-in one. */
function digestOf({ inventory, playbook }: Asked, { cwd }: Pick<Io, 'cwd'>): string {
  const files = [inventory, playbook].flatMap((file) => (file === undefined ? [] : [resolve(cwd, file)]));
  return sha256(JSON.stringify(files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))));
}

/** Remembers from which files the plan was made that is shown now. */
export function noteShown(asked: Asked, io: Io): void {
  shown.set(io, digestOf(asked, io));
}

/** Whether a consent to that plan is none to what would be applied now. */
export function isOutdated(asked: Asked, io: Io): boolean {
  const before = shown.get(io);
  return before !== undefined && before !== digestOf(asked, io);
}
