import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BridgeheadError, systemCode } from '../../core/errors.js';
import { type Packed, type Program, pinOf, titleOf } from '../../layers/parcel.js';
import type { Progress } from '../../runner/parcels/paced.js';
import { download } from './download.js';
import { ArchiveError } from './unpack/errors.js';
import { unpacked } from './unpack/unpack.js';

/** What the cache notes of a program. */
interface Entry {
  /** The pin by which it was verified. */
  readonly pin: string;
  /** SHA-256 of the program. */
  readonly sha256: string;
  /** Where it came from. */
  readonly from: string;
}

export interface Fetching {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

/** Verified programs in a folder: `NAME/VERSION/ARCHITECTURE.gz`, and next to it what is known of each. */
export class ProgramCache {
  constructor(readonly folder: string) {}

  /** The program, if the folder has it. */
  async find(program: Program): Promise<(Packed & { readonly from: string }) | undefined> {
    const { file, note } = this.#places(program);
    const entry = await entryIn(note);
    if (entry === undefined || entry.pin !== pinOf(program.build)) return undefined;
    if (program.build.program !== undefined && entry.sha256 !== program.build.program) return undefined;
    const bytes = await sizeOf(file);
    return bytes === undefined ? undefined : { file, bytes, sha256: entry.sha256, from: entry.from };
  }

  /** The program; it is downloaded if the folder doesn't have it. Rejects with E_PROGRAM. */
  async get(program: Program, fetching: Fetching = {}): Promise<Packed> {
    return (await this.find(program)) ?? (await this.#fetch(program, fetching));
  }

  async #fetch(program: Program, fetching: Fetching): Promise<Packed> {
    const { url } = program.build;
    const title = titleOf(program);
    const temp = await this.#temporary(program);
    try {
      const sum = await download({ ...fetching, url, title, to: temp });
      requireSum(`${title} from ${url}`, program.build.sha256, sum);
      return await this.#store(program, temp, { from: url, path: program.build.path });
    } finally {
      await rm(temp, { force: true });
    }
  }

  /** Takes a file that was verified already for the program, wherever it came from. */
  async put(
    program: Program,
    file: string,
    from: { readonly from: string; readonly path?: string },
  ): Promise<Packed> {
    return this.#store(program, file, from);
  }

  async #store(
    program: Program,
    downloaded: string,
    { from, path }: { readonly from: string; readonly path?: string | undefined },
  ): Promise<Packed> {
    const { file, note } = this.#places(program);
    const temp = await this.#temporary(program);
    const hash = createHash('sha256');
    async function* hashed(): AsyncGenerator<Buffer> {
      for await (const chunk of unpacked(downloaded, path)) {
        hash.update(chunk);
        yield chunk;
      }
    }
    try {
      await pipeline(hashed, createGzip(), createWriteStream(temp, { mode: 0o600, flush: true }));
      const sha256 = hash.digest('hex');
      requireSum(`${titleOf(program)} in ${from}`, program.build.program, sha256);
      const entry: Entry = { pin: pinOf(program.build), sha256, from };
      await rename(temp, file);
      await writeFile(`${temp}.note`, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      await rename(`${temp}.note`, note);
      return { file, sha256, bytes: (await sizeOf(file)) ?? 0 };
    } catch (cause) {
      if (!(cause instanceof ArchiveError) && !isBroken(cause)) throw cause;
      throw new BridgeheadError('E_PROGRAM', `${titleOf(program)} could not be unpacked`, {
        evidence: `${from}: ${cause.message}`,
        fix: 'check `path` and `url` of the source',
        cause,
      });
    } finally {
      await rm(temp, { force: true });
    }
  }

  #places({ name, version, architecture }: Program): { readonly file: string; readonly note: string } {
    const base = join(this.folder, name, version, architecture);
    return { file: `${base}.gz`, note: `${base}.json` };
  }

  async #temporary(program: Program): Promise<string> {
    const folder = dirname(this.#places(program).file);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new BridgeheadError('E_PROGRAM', `${folder} cannot be made`, {
        evidence: cause instanceof Error ? cause.message : String(cause),
        fix: 'name another folder with --programs',
        cause,
      });
    }
    return join(folder, `.${process.pid}-${randomBytes(4).toString('hex')}`);
  }
}

function requireSum(what: string, wanted: string | undefined, seen: string): void {
  if (wanted === undefined || wanted === seen) return;
  throw new BridgeheadError('E_PROGRAM', `${what} is not what it should be`, {
    evidence: `its SHA-256 is ${seen}\ninstead of      ${wanted}`,
    fix: 'do not use it: compare both with what the publisher says, and correct `sha256` if that was wrong',
  });
}

const isBroken = (error: unknown): error is Error => systemCode(error)?.startsWith('Z_') === true;

async function entryIn(note: string): Promise<Entry | undefined> {
  try {
    const entry = JSON.parse(await readFile(note, 'utf8')) as Partial<Entry>;
    const { pin, sha256, from } = entry;
    return pin && sha256 && from ? { pin, sha256, from } : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
