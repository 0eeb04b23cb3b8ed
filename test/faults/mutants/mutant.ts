import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

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
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly becomes: string;
}

const NEEDED = ['bin', 'src', 'scripts', 'schemas', 'playbooks', 'package.json'];

/** Copies the checkout into a folder, makes the slip there and builds it. Throws where the text is no longer there. */
export function buildMutant({ name, edits }: Mutant, folder: string): void {
  for (const part of NEEDED) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const { file, text, becomes } of edits) {
    const path = join(folder, file);
    const parts = readFileSync(path, 'utf8').split(text);
    if (parts.length !== 2)
      throw new Error(`mutant "${name}": ${file} has the text ${parts.length - 1} times, not once:\n${text}`);
    writeFileSync(path, parts.join(becomes));
  }
  execFileSync(process.execPath, ['scripts/build.js'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
