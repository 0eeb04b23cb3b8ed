import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import type { Inventory } from '../../model/inventory.js';
import { planKeys } from '../machine/access.js';

/** Folders in which the container has something of its own. */
const OWN =
  /^\/$|^\/(bin|boot|dev|etc|lib(32|64)?|opt|proc|run|sbin|sys|usr|var|var\/(lib|cache|run))$|^\/(dev|opt\/bridgehead|proc|run|sys|usr|var\/(cache|lib)\/bridgehead[^/]*)(\/|$)/;

/** One bind mount; the container has it at the same path. */
export interface Mount {
  readonly path: string;
  readonly readOnly: boolean;
}

/** What the container sees of this machine: the folders of the inventory and of the command, and the keys that the inventory names. */
export function mountsOf(inventory: Inventory, folders: readonly string[]): readonly Mount[] {
  const wanted = [
    ...new Set([...foldersOf(resolve(inventory.file)), ...folders.map((folder) => resolve(folder))]),
  ];
  const hidden = wanted.find((folder) => OWN.test(folder));
  if (hidden !== undefined) {
    throw new BridgeheadError(
      'E_LAB',
      `the container of the lab can't have your folder ${hidden}: it has its own`,
      {
        fix: 'work in a folder of your own, such as ~/network, with the inventory in it',
      },
    );
  }
  const outer = wanted.filter(
    (folder) => !wanted.some((other) => other !== folder && isBelow(folder, other)),
  );
  const keys = planKeys(inventory).files.flatMap(({ path }) => [path, `${path}.pub`]);
  return [
    ...outer.map((path) => ({ path, readOnly: false })),
    ...[...new Set(keys)]
      .filter((path) => existsSync(path) && !outer.some((folder) => isBelow(path, folder)))
      .map((path) => ({ path, readOnly: true })),
  ];
}

/** The folder of a file, and those of what it is a link to. */
function foldersOf(file: string): readonly string[] {
  const folder = dirname(file);
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return [folder];
  return [folder, ...foldersOf(resolve(realpathSync(folder), readlinkSync(file)))];
}

/** The options of `docker create` for a mount. */
export function mountOption({ path, readOnly }: Mount): string[] {
  const field = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const fields = [
    'type=bind',
    field(`source=${path}`),
    field(`target=${path}`),
    ...(readOnly ? ['readonly'] : []),
  ];
  return ['--mount', fields.join(',')];
}

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
