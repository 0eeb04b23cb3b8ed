import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BridgeheadError } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import type { LabOptions } from '../types.js';
import { must, runCommand } from './command.js';
import { onPath } from './preconditions.js';

/** What a checkout builds. One on PATH may be another patch of the same release: the next has other settings and commands. */
export const HEADSCALE_VERSION = '0.28.0';
const RELEASE = HEADSCALE_VERSION.replace(/\d+$/, '');

const ASKED_MS = 10_000;

const NAME = 'headscale';
const ROOT = fileURLToPath(PACKAGE_ROOT);
/** Builds programs with Go. Only a checkout has it, not the package. */
const BUILD = join(ROOT, 'scripts/lab-programs/build-go.ts');

/** Where a checkout's builds are kept. */
export const goProgramsFolder = (): string =>
  join(process.env['BRIDGEHEAD_CACHE'] ?? '/var/cache/bridgehead', 'go-programs');

/** What the one on PATH says that it is: `0.28.0`, `dev`; undefined if there is none. */
async function versionOnPath(signal: AbortSignal | undefined): Promise<string | undefined> {
  if (!(await onPath(NAME))) return undefined;
  const { stdout } = await runCommand([NAME, 'version'], { signal, timeoutMs: ASKED_MS });
  return /^(?:headscale version )?v?(\S+)/.exec(stdout)?.[1] ?? 'of an unknown version';
}

/** The program for the lab's login server: the machine's own, or one that Go builds. E_LAB if there is neither. */
export async function headscaleFor({ log, signal }: Pick<LabOptions, 'log' | 'signal'>): Promise<string> {
  const version = await versionOnPath(signal);
  if (version?.startsWith(RELEASE)) return NAME;
  const built = join(goProgramsFolder(), `${NAME}-${HEADSCALE_VERSION}`);
  if (existsSync(built)) return built;
  const canBuild = existsSync(BUILD);
  if (canBuild && (await onPath('go'))) {
    log(`building headscale ${HEADSCALE_VERSION} with Go, once: this takes some minutes`);
    await must([process.execPath, join(ROOT, 'scripts/run-ts.js'), BUILD, NAME], {
      signal,
      onErrorLine: log,
    });
    return built;
  }
  throw new BridgeheadError('E_LAB', 'the lab has no headscale, its login server for networks of Tailscale', {
    evidence: `${version === undefined ? `no ${NAME} on PATH` : `the ${NAME} on PATH is ${version}`}${canBuild ? ', and no Go that could build it' : ''}`,
    fix: `install headscale ${HEADSCALE_VERSION} (https://github.com/juanfont/headscale/releases)${
      canBuild ? ', or Go, with which it is built here' : ''
    }`,
  });
}
