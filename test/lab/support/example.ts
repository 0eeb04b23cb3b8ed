import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes an example inventory under another name into a folder: labs are known by their inventory's name, and those of other test
 * files are up at the same time.
 */
export function writeExample(folder: string, example: string, name: string): string {
  const file = join(folder, `${name}.yaml`);
  const text = readFileSync(`inventory/${example}.yaml`, 'utf8');
  writeFileSync(file, text.replace(/^name: .*$/m, `name: ${name}`));
  return file;
}
