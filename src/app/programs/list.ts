import { EXIT } from '../../core/errors.js';
import { titleOf } from '../../layers/parcel.js';
import { megabytes } from '../../render/commands/program-text.js';
import { table } from '../../render/table.js';
import type { Io } from '../terminal/io.js';
import { ProgramCache } from './cache.js';
import { programsFolder } from './folder.js';
import type { ProgramsOptions } from './options.js';
import { forArchitectures, knownPrograms } from './wanted.js';

/** Prints the programs that are known, and which of them are in the folder. */
export async function listPrograms(options: ProgramsOptions, io: Io): Promise<number> {
  const cache = new ProgramCache(programsFolder(options.programs, io));
  const programs = forArchitectures(knownPrograms(), options.architecture);
  const found = await Promise.all(
    programs.map(async (program) => ({ program, packed: await cache.find(program) })),
  );
  if (options.json === true) {
    const all = found.map(({ program: { build, ...program }, packed }) => ({
      ...program,
      ...build,
      ...(packed && { file: packed.file, bytes: packed.bytes, from: packed.from }),
    }));
    io.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return EXIT.go;
  }
  const rows = found.map(({ program, packed }) => [
    titleOf(program),
    packed === undefined ? 'not fetched' : `${megabytes(packed.bytes)} from ${packed.from}`,
  ]);
  io.stdout.write(`${table(rows).join('\n')}\n\nin ${cache.folder}\n`);
  return EXIT.go;
}
