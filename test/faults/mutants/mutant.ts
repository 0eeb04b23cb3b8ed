import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** One slip that a guard must not have, made by replacing text of the source. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Names of cases of the matrix, one of which has to fail. */
  readonly cases: readonly string[];
}

export interface Edit {
  /** Below the checkout. */
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly text: string;
  readonly becomes: string;
}

const NEEDED = ['bin', 'src', 'scripts', 'schemas', 'playbooks', 'package.json', 'package-lock.json'];

/** Copies the checkout into a folder, makes the slip there and builds it. Throws where the text is no longer there. */
export async function buildMutant({ name, edits }: Mutant, folder: string): Promise<void> {
  for (const part of NEEDED) await cp(part, join(folder, part), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  for (const { file, text, becomes } of edits) {
    const path = join(folder, file);
    const parts = (await readFile(path, 'utf8')).split(text);
    if (parts.length !== 2)
      throw new Error(`mutant "${name}": ${file} has the text ${parts.length - 1} times, not once:\n${text}`);
    await writeFile(path, parts.join(becomes));
  }
  await promisify(execFile)(process.execPath, ['scripts/build.js'], { cwd: folder });
}
