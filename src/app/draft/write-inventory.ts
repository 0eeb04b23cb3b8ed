import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import { writeNewFile } from '../new-file.js';
import { SCHEMAS } from './inventory-text.js';

const SCHEMA = 'inventory.schema.json';

/**
 * Writes a new inventory, and in `schemas/` next to it the schema that its first line names, so that
 * editors know the keys. Returns the paths that it wrote. Throws E_USAGE if the file exists or can't be written.
 */
export function writeInventory(file: string, text: string): string[] {
  writeNewFile(file, text);
  return [file, ...writeSchema(dirname(file))];
}

/** Writes a schema, or updates an older one; a file that is not our schema stays. Returns the paths that it wrote. */
export function writeSchema(folder: string, name = SCHEMA): string[] {
  const ours = readFileSync(new URL(`schemas/${name}`, PACKAGE_ROOT), 'utf8');
  const file = join(folder, SCHEMAS, name);
  const there = readIfThere(file);
  const foreign = there !== undefined && !there.includes('"$id": "https://bridgehead.dev/');
  if (there === ours || foreign) return [];
  writeNewFile(file, ours, { force: true });
  return [file];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
