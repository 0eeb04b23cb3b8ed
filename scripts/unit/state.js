// The state of what the bundle of the unit tests is made from.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['src', 'test', 'scripts', 'bench'];
/** The lock file stands for all libraries. */
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json'];

export const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/** Changes with the content, the name and the place of any of the files. */
export function stateOf(root) {
  const hash = createHash('sha256');
  const files = [
    ...FOLDERS.flatMap((folder) => filesIn(join(root, folder))),
    ...FILES.map((file) => join(root, file)),
  ];
  for (const file of files.sort()) {
    const content = readFileSync(file);
    hash.update(`${file}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Those of the bundled files that the state would not change with, by their paths from the root. */
export const outsideState = (inputs) =>
  inputs.filter(
    (path) =>
      !FILES.includes(path) &&
      !path.split('/').includes('node_modules') &&
      !FOLDERS.some((folder) => path.startsWith(`${folder}/`)),
  );
