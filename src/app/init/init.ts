import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import { SCHEMAS } from '../draft/inventory-text.js';
import { writeInventory } from '../draft/write-inventory.js';
import { unknownWord } from '../locate.js';
import type { Io } from '../terminal/io.js';
import { cdCommand, typedPath } from '../terminal/typed-path.js';

/** The examples that ship, and what each is for. */
export const EXAMPLES: Readonly<Record<string, { readonly file: string; readonly what: string }>> = {
  mesh: {
    file: 'home-mesh.yaml',
    what: 'machines that connect to each other directly, behind one router and in the cloud',
  },
  hub: {
    file: 'phone-home.yaml',
    what: 'a rented server in the middle, for phones and laptops; no ports opened at home',
  },
  'dual-stack': { file: 'dual-stack.yaml', what: 'a mesh with IPv4 and IPv6, and preshared keys' },
};

/** Writes an example inventory into a folder (created if missing). Throws E_USAGE for an unknown example, and if inventory.yaml exists. */
export async function init(name: string, folder: string, io: Io): Promise<number> {
  const example = Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined;
  if (example === undefined)
    throw unknownWord(
      'example',
      name,
      Object.keys(EXAMPLES),
      '; a folder is named after it: init mesh FOLDER',
    );
  const shipped = readFileSync(new URL(`inventory/${example.file}`, PACKAGE_ROOT), 'utf8');
  const at = resolve(io.cwd, folder);
  const written = writeInventory(join(at, 'inventory.yaml'), shipped.replace('=../schemas/', `=${SCHEMAS}/`));
  const shown = written.map((file) => `wrote ${typedPath(file, io)}\n`).join('');
  const place = at === resolve(io.cwd) ? '' : typedPath(at, io);
  io.stdout.write(`${shown}\n${name}: ${example.what}\n\nNext:\n${next(place)}`);
  return EXIT.go;
}

function next(folder: string): string {
  const steps = [
    ...(folder === '' ? [] : [cdCommand(folder)]),
    'write your machines into inventory.yaml: names, addresses, logins',
    'bridgehead validate     every mistake at once, and who connects to whom',
    'bridgehead plan         what would change on your machines; changes nothing',
    'bridgehead apply        phase by phase, with a gate after each',
  ];
  return steps.map((step, index) => `  ${index + 1}. ${step}\n`).join('');
}
