import { existsSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BridgeheadError } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import { must } from '../../lab/host/command.js';
import type { Program } from '../../layers/parcel.js';
import { titleOf } from '../../layers/parcel.js';
import { progressText } from '../../render/commands/program-text.js';
import { paced } from '../../runner/parcels/paced.js';
import type { Loaded } from '../load.js';
import { ProgramCache } from '../programs/cache.js';
import { programsFolder } from '../programs/folder.js';
import { programsIn } from '../programs/wanted.js';
import type { Io } from '../terminal/io.js';

/** Programs for labs alone, from where they can be had if the publishers can't be reached: scripts/lab-programs. */
const LAB_PROGRAMS = '/var/cache/bridgehead/programs';

const ROOT = fileURLToPath(PACKAGE_ROOT);
/** Fills that folder. Only a checkout has it, not the package. */
const FILL = 'scripts/lab-programs/fill.ts';

const wordOf = ({ name, version }: Program): string => `${name}=${version}`;

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'armv7' };

export interface LabPrograms {
  readonly given: string | undefined;
  readonly io: Pick<Io, 'env'>;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * The folder from which the apply of a rehearsal takes its programs; undefined if it sends none. They are fetched
 * beforehand, since a lab has no way to the internet. Rejects with E_PROGRAM.
 */
export async function labPrograms(
  plan: Pick<Loaded, 'inventory' | 'playbook'>,
  { given, io, signal, log }: LabPrograms,
): Promise<string | undefined> {
  const architecture = ARCHITECTURES[arch()] ?? arch();
  const programs = programsIn(plan).filter((program) => program.architecture === architecture);
  if (programs.length === 0) return undefined;
  const own = new ProgramCache(programsFolder(given, io));
  for (const cache of [own, new ProgramCache(LAB_PROGRAMS)]) {
    const found = await Promise.all(programs.map((program) => cache.find(program)));
    if (found.every((one) => one !== undefined)) return cache.folder;
  }
  try {
    for (const program of programs) {
      const onProgress = paced((done, total) =>
        log(`fetching ${titleOf(program)}: ${progressText(done, total)}`),
      );
      await own.get(program, { signal, onProgress });
    }
    return own.folder;
  } catch (error) {
    const isUnavailable = error instanceof BridgeheadError && error.code === 'E_PROGRAM';
    if (!isUnavailable || !existsSync(join(ROOT, FILL))) throw error;
    log(`${error.message}; trying packages that have the same programs`);
    await must(
      [process.execPath, join(ROOT, 'scripts/run-ts.js'), FILL, LAB_PROGRAMS, ...programs.map(wordOf)],
      {
        signal,
        onErrorLine: log,
      },
    );
    return LAB_PROGRAMS;
  }
}
