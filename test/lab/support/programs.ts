import { execFileSync } from 'node:child_process';

/** Where labs have their programs from: for `--programs` or BRIDGEHEAD_PROGRAMS. A rehearsal looks there by itself. */
export const PROGRAMS = '/var/cache/bridgehead/programs';

/** Puts programs in that folder, from where they can be had here: `traefik` or `traefik=3.7.13`. */
export function fillPrograms(...names: readonly string[]): void {
  execFileSync(process.execPath, ['scripts/run-ts.js', 'scripts/lab-programs/fill.ts', PROGRAMS, ...names], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
