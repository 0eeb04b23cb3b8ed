import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { configHosts, createHome } from '../../ssh/index.js';
import type { Io } from '../terminal/io.js';
import { canRehearse } from './can-rehearse.js';
import { type Draftfile, hashOf, type Kept } from './dialogue/kept.js';
import type { Seen } from './dialogue/types.js';

export interface Start {
  readonly seen: Seen;
  readonly kept: Kept | undefined;
}

/** What is there: the user's own inventory ends all questions about the network. */
export function whatIsThere(file: string, drafts: Draftfile, io: Io): Start {
  const path = resolve(io.cwd, file);
  const kept = drafts.read();
  const hasInventory = existsSync(path) && hashOf(readFileSync(path, 'utf8')) !== kept?.written;
  const seen: Seen = {
    hosts: configHosts(createHome(io.env)),
    folder: basename(dirname(path)),
    canRehearse: canRehearse(),
    hasInventory,
  };
  return { seen, kept };
}
