import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { unifiedDiff } from '../../../core/diff.js';
import { InputError } from '../../../core/errors.js';
import { sha256 } from '../../../core/sha256.js';
import { parseYaml } from '../../../document/index.js';
import { resolveDocument } from '../../../inventory/index.js';
import type { Inventory } from '../../../model/inventory.js';
import { inventoryText, SCHEMAS } from '../../draft/inventory-text.js';
import { playbookText } from '../../draft/playbook-text.js';
import { writeInventory, writeSchema } from '../../draft/write-inventory.js';
import { stageEdit } from '../../staged-edit.js';
import { typedPath } from '../../terminal/typed-path.js';
import { pictureOf } from '../../what-next.js';
import { draftOf } from '../dialogue/derived.js';
import type { Written } from '../dialogue/kept.js';
import { addedTo, modeOf } from '../dialogue/mode.js';
import { withAdditions } from './edit-inventory.js';
import { setAside } from './set-aside.js';
import type { WorkRequest } from './types.js';

export const PLAYBOOK = 'playbook.yaml';

/** Writes what was decided. Throws InputError, with nothing written, if the inventory would not be valid. */
export function write(request: WorkRequest): Written {
  const there = addedTo(request.world);
  if (there !== undefined) return writeAdditions(request, there);
  return modeOf(request.world) === 'keep' ? writeAsBefore(request) : writeAnew(request);
}

/** What is in the inventory's file, and whether it is what an earlier write left there. */
function readThere({ io, file, written }: WorkRequest) {
  const path = resolve(io.cwd, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  return { path, text, isOurs: text !== undefined && sha256(text) === written?.hash };
}

/** Replaces only a file that the wizard wrote and that hasn't changed since; the user's own is kept under another name. */
function writeAnew(request: WorkRequest): Written {
  const { world, written, options, io } = request;
  const { path, text: old, isOurs } = readThere(request);
  const folder = dirname(path);
  const draft = draftOf(world);
  const text = inventoryText(draft);
  const { inventory } = resolveDocument(parseYaml(request.file, text));
  const playbook = join(folder, PLAYBOOK);
  const own = isOurs ? written?.before : old;
  const isAnew = own !== undefined && world.answers.existing === 'anew';
  const aside = isAnew ? [setAside(path, own), ...(existsSync(playbook) ? [setAside(playbook)] : [])] : [];
  if (isOurs || isAnew) rmSync(path);
  const files = [...writeInventory(path, text), ...writeSchema(folder, 'playbook.schema.json')];
  const steps = playbookText(draft).replace('=../schemas/', `=${SCHEMAS}/`);
  if (isOurs || isAnew || !existsSync(playbook)) {
    writeFileSync(playbook, steps);
    files.push(playbook);
  }
  const shown = (one: string) => typedPath(one, io);
  const lines = [
    ...aside.map(({ from, to }) => `kept ${shown(from)} as ${shown(to)}\n`),
    ...files.map((one) => `wrote ${shown(one)}\n`),
  ];
  io.stdout.write(`\n${lines.join('')}\n`);
  io.stdout.write(pictureOf(inventory, options, io) ?? '');
  return { hash: sha256(text) };
}

/** Adds to the file as it was before anything was added to it. */
function writeAdditions(request: WorkRequest, there: Inventory): Written {
  const { world, written, options, io, file } = request;
  const { path, text = '', isOurs } = readThere(request);
  const before = isOurs ? (written?.before ?? text) : text;
  refuseChanged(file, before, there);
  const edited = withAdditions(before, there, draftOf(world));
  const { inventory } = resolveDocument(parseYaml(file, edited));
  replace(path, edited);
  io.stdout.write(`\n${unifiedDiff(before, edited, file)}\n\nwrote ${typedPath(path, io)}\n\n`);
  io.stdout.write(pictureOf(inventory, options, io) ?? '');
  return { hash: sha256(edited), before };
}

/** What was decided counts for the inventory that was read: a later edit by the user may contradict it. */
function refuseChanged(file: string, text: string, read: Inventory): void {
  if (isDeepStrictEqual(resolveDocument(parseYaml(file, text)).inventory, read)) return;
  const message = 'has changed since it was read; start provision again';
  throw new InputError([{ file, message }]);
}

/** Writes the inventory as it was, for a user who went back and keeps it as it is. */
function writeAsBefore(request: WorkRequest): Written {
  const { path, text = '', isOurs } = readThere(request);
  const before = request.written?.before;
  if (!isOurs || before === undefined) return { hash: sha256(text) };
  replace(path, before);
  request.io.stdout.write(`\n${typedPath(path, request.io)} is as it was before\n`);
  return { hash: sha256(before), before };
}

function replace(path: string, text: string): void {
  const staged = stageEdit(path, () => text);
  try {
    staged.commit();
  } finally {
    staged.discard();
  }
}
