// `npm run bench:app`: what adding an app to a network that is up takes with its proof, beside a re-apply of the same network.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadInventory } from '../../src/inventory/index.js';
import { type Lab, labDown, labUp } from '../../src/lab/index.js';
import type { StampedEvent } from '../../src/runner/events/events.js';
import { median } from '../measure.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    bin: { type: 'string', default: 'bin/bridgehead.js' },
  },
});
const rounds = Number(values.rounds);
const PROGRAMS = '/var/cache/bridgehead/programs';
const folder = resolve('bench/results/tmp');
const applied = join(folder, 'app.yaml');
const SHIPPED = readFileSync('inventory/hybrid-edge.yaml', 'utf8').replace(/^name: .*/m, 'name: bench-app');

/** The shipped inventory with this many more apps on the nas: each needs its port opened, its relay, its route and its certificate. */
function withApps(count: number): string {
  const apps = Array.from(
    { length: count },
    (_, index) =>
      `  more-${index}: { host: more-${index}.example.com, to: { node: home-1, address: 192.168.1.20, port: 8096 }, expect: { path: /health, contains: Healthy } }\n`,
  );
  return SHIPPED.replace(/^lab:/m, `${apps.join('')}$&`);
}

interface Taken {
  readonly seconds: number;
  /** Seconds for which the edge waited for the authority. */
  readonly ordering: number;
  readonly changes: number;
}

async function apply(lab: Lab): Promise<Taken> {
  const started = performance.now();
  const argv = [resolve(values.bin), 'apply', '--yes', '--json', '-i', applied, '--programs', PROGRAMS];
  const { code, stdout, stderr } = await lab.run([process.execPath, ...argv], { timeoutMs: 600_000 });
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`status ${code}\n${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StampedEvent);
  const orders = events.map((event) =>
    event.type === 'change-done' && event.phase === 'certificates' ? event.ms / 1000 : 0,
  );
  const changes = events.map((event) => (event.type === 'run-ended' ? event.changes : 0));
  return { seconds, ordering: orders.reduce((a, b) => a + b, 0), changes: Math.max(...changes) };
}

execFileSync(process.execPath, ['scripts/run-ts.js', 'scripts/lab-programs/fill.ts', PROGRAMS, 'traefik']);
mkdirSync(folder, { recursive: true });
const built = join(folder, 'app-lab.yaml');
writeFileSync(built, withApps(rounds));
const inventory = await loadInventory(built);
const quiet = { log: (line: string) => console.error(line) };
await labDown(inventory, quiet);
const lab = await labUp(inventory, quiet);
const again: number[] = [];
const added: number[] = [];
try {
  writeFileSync(applied, withApps(0));
  await apply(lab);
  for (let round = 1; round <= rounds; round += 1) {
    const nothing = await apply(lab);
    writeFileSync(applied, withApps(round));
    const one = await apply(lab);
    if (nothing.changes !== 0 || one.changes === 0)
      throw new Error(`changes: ${nothing.changes} by a re-apply, ${one.changes} for an app`);
    again.push(nothing.seconds);
    added.push(one.seconds - one.ordering);
    console.error(
      `re-apply ${nothing.seconds.toFixed(2)} s  app ${one.seconds.toFixed(2)} s, of it ${one.ordering.toFixed(2)} s for its certificate`,
    );
  }
} finally {
  await labDown(inventory, quiet);
}
const spread = (seconds: readonly number[]): string =>
  `${median(seconds).toFixed(2)} s (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)})`;
console.log(`re-apply, nothing to do, gates included: ${spread(again)}`);
console.log(`one more app with its proof, without its certificate's order: ${spread(added)}`);
console.log(`an app takes ${(median(added) / median(again)).toFixed(2)} times a re-apply`);
