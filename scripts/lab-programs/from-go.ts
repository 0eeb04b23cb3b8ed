// Builds programs that no package registry has as a file from their publishers' modules, of pinned sums, with the versions and checksums of
// the module's own go.mod and go.sum. Each is built once into a folder that CI and developers keep; a program that is there is never built again.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goProgramsFolder, HEADSCALE_VERSION } from '../../src/lab/host/headscale.js';
import { newestOf } from '../../src/layers/host/programs/known.js';
import { TAILSCALED } from '../../src/layers/host/programs/tailscale.js';

interface GoProgram {
  readonly name: string;
  readonly version: string;
  readonly module: string;
  /** Of the module, as its go.mod and go.sum pin those that it depends on. */
  readonly sum: string;
  /** Its package in the module. */
  readonly command: string;
  readonly flags: readonly string[];
  /** Names by which it is called besides its own. */
  readonly also: readonly string[];
}

const TAILSCALE = newestOf(TAILSCALED);
const LEFT_OUT = [
  'aws',
  'bird',
  'capture',
  'completion',
  'desktop_sessions',
  'drive',
  'kube',
  'synology',
  'taildrop',
  'tap',
  'webclient',
];

/** `tailscale` is both programs in one: it is tailscaled unless it is called by the other's name. */
const PROGRAMS: readonly GoProgram[] = [
  {
    name: 'tailscale',
    version: TAILSCALE,
    module: 'tailscale.com',
    sum: 'h1:FcAkb7MgfFFUIUASg18Mv5cAiraxb+eMgOQaOKqKyPo=',
    command: './cmd/tailscaled',
    flags: [
      `-tags=${['ts_include_cli', ...LEFT_OUT.map((feature) => `ts_omit_${feature}`)].join(',')}`,
      `-ldflags=-s -w -X tailscale.com/version.shortStamp=${TAILSCALE} -X tailscale.com/version.longStamp=${TAILSCALE}`,
    ],
    also: ['tailscaled'],
  },
  {
    name: 'headscale',
    version: HEADSCALE_VERSION,
    module: 'github.com/juanfont/headscale',
    sum: 'h1:1lz1wj1NhKH2Y+U6URaVochCMrBsb+IUNDjQdwKn37Q=',
    command: './cmd/headscale',
    flags: ['-ldflags=-s -w'],
    also: [],
  },
];

const pathOf = ({ name, version }: GoProgram): string => join(goProgramsFolder(), `${name}-${version}`);

/** Where a program is once it was built. */
export const goProgram = (name: string): string => pathOf(programNamed(name));

function programNamed(name: string): GoProgram {
  const program = PROGRAMS.find((one) => one.name === name);
  if (program === undefined) throw new TypeError(`no program ${name}`);
  return program;
}

/** The program that Go builds in place of a publisher's; undefined if there is none of that name and version. */
export const goNameOf = (name: string, version: string): string | undefined =>
  PROGRAMS.find((one) => one.version === version && [one.name, ...one.also].includes(name))?.name;

/** Downloads may time out; what was downloaded and compiled is kept for the next try. */
const TRIES = 3;

function go(args: readonly string[], cwd: string): string {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOTOOLCHAIN: 'local' };
  for (let tried = 1; ; tried += 1) {
    const { status, error, stdout } = spawnSync('go', args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (error !== undefined)
      throw new Error(`Go is needed to build programs, and cannot be run: ${error.message}`);
    if (status === 0) return stdout.toString();
    if (tried === TRIES) throw new Error(`go ${args.join(' ')} exited with ${status}: ${stdout}`);
  }
}

function install(program: GoProgram): void {
  const target = pathOf(program);
  if (existsSync(target)) return;
  const { version, module, sum, command, flags } = program;
  const { Dir, Sum } = JSON.parse(go(['mod', 'download', '-json', `${module}@v${version}`], tmpdir())) as {
    readonly Dir: string;
    readonly Sum: string;
  };
  if (Sum !== sum) throw new Error(`${module}@v${version} has the sum ${Sum} instead of ${sum}`);
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(goProgramsFolder(), { recursive: true });
  try {
    go(['build', '-trimpath', '-buildvcs=false', ...flags, '-o', unfinished, command], Dir);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Builds the named programs, or all, if they aren't there. */
export function installGoPrograms(names: readonly string[] = PROGRAMS.map(({ name }) => name)): void {
  for (const name of names) install(programNamed(name));
}
