import { readFile, rename, writeFile } from 'node:fs/promises';

/** Writes a value as JSON, completely or not at all, even if this process dies. */
export async function writeWhole(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
  await rename(temporary, file);
}

/** The value of a JSON file; undefined if there is none, or if it was cut off. */
export async function readWhole<T>(file: string): Promise<T | undefined> {
  const text = await readUnlessMissing(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function readUnlessMissing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ESRCH: the process that a file of /proc is about ended while it was read.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
