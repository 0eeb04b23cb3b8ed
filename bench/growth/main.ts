// `npm run growth`: what planning and building the gates' programs costs the controller, per pair of nodes.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const SMALL = 100;
const LARGE = 500;
const MAX_RATIO = 1.3;
const MAX_MEGABYTES = 400;

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

function costOf(size: number, command: string): Cost {
  const argv = [resolve('scripts/run-ts.js'), 'bench/growth/one.ts', String(size), command];
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as Cost;
}

const pairs = (size: number): number => size * (size - 1);
let failed = false;
for (const command of ['plan', 'check']) {
  const [small, large] = [SMALL, LARGE].map((size) => ({ size, ...costOf(size, command) }));
  if (small === undefined || large === undefined) throw new Error('nothing was measured');
  for (const { size, seconds, megabytes } of [small, large]) {
    const each = (seconds / pairs(size)) * 1e6;
    console.log(
      `${command}  ${size} nodes  ${seconds.toFixed(2)} s of CPU  ${each.toFixed(1)} us a pair  ${megabytes.toFixed(0)} MB`,
    );
  }
  const ratio = large.seconds / pairs(LARGE) / (small.seconds / pairs(SMALL));
  console.log(`${command}  a pair costs ${ratio.toFixed(2)} times as much among ${LARGE} nodes`);
  // A check holds every node's program at once, for they have to run at once.
  failed ||= ratio > MAX_RATIO || (command === 'plan' && large.megabytes > MAX_MEGABYTES);
}
process.exitCode = failed ? 1 : 0;
