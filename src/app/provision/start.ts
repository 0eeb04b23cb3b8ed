import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { InputError } from '../../core/errors.js';
import { sha256 } from '../../core/sha256.js';
import { parseYaml } from '../../document/index.js';
import { resolveDocument } from '../../inventory/index.js';
import type { Inventory } from '../../model/inventory.js';
import { configHosts, createHome } from '../../ssh/index.js';
import type { Io } from '../terminal/io.js';
import type { Draftfile, Kept } from './dialogue/kept.js';
import type { Seen } from './dialogue/types.js';

export interface Start {
  readonly seen: Seen;
  /** Of an earlier start, as far as it still fits what is there. */
  readonly kept: Kept | undefined;
  /** Whether the inventory was changed since the wizard wrote it, which makes it the user's own. */
  readonly isChanged: boolean;
}

interface Request {
  readonly drafts: Draftfile;
  readonly io: Io;
  readonly rehearsalObstacle: string | undefined;
  /** Whether another inventory replaces the existing one, which need not be valid then. */
  readonly startsAnew: boolean;
}

/** The initial state. Throws InputError for an existing inventory with mistakes, unless another replaces it. */
export function whatIsThere(file: string, request: Request): Start {
  const { drafts, io, rehearsalObstacle, startsAnew } = request;
  const path = resolve(io.cwd, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const found = drafts.read();
  const written = found?.written;
  const isOurs = text !== undefined && sha256(text) === written?.hash;
  const isChanged = text !== undefined && written !== undefined && !isOurs && text !== written.before;
  // What changed since it was written has to be written again.
  const kept = isChanged ? undefined : found && { ...found, ...(!isOurs && written && { done: {} }) };
  const own = isOurs ? written?.before : text;
  const isAnew = startsAnew || kept?.answers.existing === 'anew';
  const existing = own === undefined ? undefined : inventoryIn(file, own, isAnew);
  const seen: Seen = {
    hosts: configHosts(createHome(io.env)),
    folder: basename(dirname(path)),
    rehearsalObstacle,
    ...(existing && { existing }),
  };
  return { seen, kept, isChanged };
}

function inventoryIn(file: string, text: string, isAnew: boolean): Inventory | undefined {
  try {
    return resolveDocument(parseYaml(file, text)).inventory;
  } catch (error) {
    if (isAnew && error instanceof InputError) return undefined;
    throw error;
  }
}
