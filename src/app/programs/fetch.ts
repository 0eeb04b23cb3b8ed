import { EXIT } from '../../core/errors.js';
import { titleOf } from '../../layers/parcel.js';
import { megabytes, progressText } from '../../render/commands/program-text.js';
import { paced } from '../../runner/parcels/paced.js';
import { load } from '../load.js';
import { type Io, paintFor } from '../terminal/io.js';
import { reportError } from '../terminal/report-error.js';
import { watchSignals } from '../terminal/signals.js';
import { ProgramCache } from './cache.js';
import { programsFolder } from './folder.js';
import type { ProgramsOptions } from './options.js';
import { forArchitectures, programsIn, programsNamed } from './wanted.js';

/** Fetches the named programs, or else those of a playbook, each that isn't there yet; every failure is reported. */
export async function fetchPrograms(
  names: readonly string[],
  options: ProgramsOptions,
  io: Io,
): Promise<number> {
  const all = names.length > 0 ? names.flatMap(programsNamed) : programsIn(await load(options, io));
  const wanted = forArchitectures(all, options.architecture);
  const cache = new ProgramCache(programsFolder(options.programs, io));
  const fetched: object[] = [];
  let exit: number = EXIT.go;
  const { signal, stop } = watchSignals(io);
  const print = (text: string) => void (options.json === true ? io.stderr : io.stdout).write(`${text}\n`);
  try {
    for (const program of wanted) {
      const title = titleOf(program);
      try {
        const known = await cache.find(program);
        const onProgress = paced((done, total) => print(`${title}: ${progressText(done, total)}`));
        const { file, bytes, sha256 } = known ?? (await cache.get(program, { signal, onProgress }));
        print(`${title}: ${known === undefined ? `fetched, ${megabytes(bytes)}` : 'there already'}`);
        const { name, version, architecture } = program;
        fetched.push({ name, version, architecture, file, bytes, sha256 });
      } catch (error) {
        const write = (text: string) => void io.stderr.write(text);
        const paint = paintFor(io, 'stderr', options.color);
        exit = reportError(error, { write, paint, verbose: options.verbose === true });
        if (signal.aborted) break;
      }
    }
  } finally {
    stop();
  }
  print(wanted.length === 0 ? 'the playbook has no program to send' : `in ${cache.folder}`);
  if (options.json === true) io.stdout.write(`${JSON.stringify(fetched, null, 2)}\n`);
  return exit;
}
