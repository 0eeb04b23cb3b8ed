import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { transformFile } from '@swc/core';

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

const NEEDED = ['bin', 'src', 'schemas', 'playbooks', 'package.json'];

/** Copies the checkout into a folder, makes the slip there and builds it. Throws where the text is no longer there. */
export async function buildMutant({ name, edits }: Mutant, folder: string): Promise<void> {
  for (const part of NEEDED) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const { file, text, becomes } of edits) {
    const path = join(folder, file);
    const parts = readFileSync(path, 'utf8').split(text);
    if (parts.length !== 2)
      throw new Error(`mutant "${name}": ${file} has the text ${parts.length - 1} times, not once:\n${text}`);
    writeFileSync(path, parts.join(becomes));
  }
  await build(folder);
}

/** Only strips the types: a slip may leave a variable unused. */
async function build(folder: string): Promise<void> {
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' });
  const transpile = async (source: string) => {
    const { code } = await transformFile(join(folder, 'src', source), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    const target = join(folder, 'dist', source.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  };
  await Promise.all(sources.filter((source) => source.endsWith('.ts')).map(transpile));
}
