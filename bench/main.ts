import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Contender, Job } from './contender.js';
import { type Measured, measure } from './measure.js';
import { ansible, mitogen } from './peers/ansible.js';
import { bridgehead, PROXY_PORT } from './peers/bridgehead.js';
import { floor } from './peers/floor.js';
import { SYSCTL_FILE } from './peers/mesh-config.js';
import { pyinfra } from './peers/pyinfra.js';
import { markdown, picture } from './report.js';
import { benchOf, bootMesh, installPeers, mitogenFolder, tempFolder } from './setup.js';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '4,16' },
    rounds: { type: 'string', default: '5' },
    jobs: { type: 'string', default: 'reapply,port,first,check' },
    delay: { type: 'string', default: '50' },
    only: { type: 'string' },
  },
});
const sizes = values.nodes.split(',').map(Number);
const rounds = Number(values.rounds);
const jobs = values.jobs.split(',') as Job[];

async function startProxies(bench: Bench): Promise<() => Promise<void>> {
  const abort = new AbortController();
  const routes = bench.nodes.map(({ address }, index) => `${PROXY_PORT + index}=${address}:22`);
  const argv = [
    process.execPath,
    resolve('scripts/run-ts.js'),
    'bench/delay-proxy.ts',
    values.delay,
    ...routes,
  ];
  const running = bench.lab.run(argv, { signal: abort.signal }).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  await new Promise((resolveLater) => setTimeout(resolveLater, 2000));
  return async () => {
    abort.abort();
    await running;
  };
}

async function measureAll(bench: Bench, contenders: readonly Contender[]): Promise<Measured[]> {
  const settings = await bench.lab.exec(bench.nodes[0]?.name ?? '', ['cat', SYSCTL_FILE]);
  writeFileSync(join(bench.folder, 'mesh-sysctl.conf'), settings.stdout);
  for (const contender of contenders) await contender.prepare(bench);
  const results: Measured[] = [];
  for (const job of jobs) results.push(...(await measure(bench, contenders, job, rounds)));
  return results;
}

await installPeers();
const all: readonly Contender[] = [bridgehead, floor, pyinfra, mitogen(await mitogenFolder()), ansible];
const contenders = values.only ? all.filter(({ name }) => values.only?.split(',').includes(name)) : all;
const results: Measured[] = [];
for (const size of sizes) {
  const { lab, down } = await bootMesh(size);
  try {
    results.push(...(await measureAll(benchOf(lab, size, false), contenders)));
    if (values.delay !== '0') {
      const delayed = benchOf(lab, size, true);
      const stop = await startProxies(delayed);
      results.push(...(await measureAll(delayed, contenders)));
      await stop();
    }
  } finally {
    await down();
  }
}
// The comparison that the docs show is of all tools: a narrowed measurement leaves it.
const folder = values.only ? tempFolder : resolve('bench/results');
writeFileSync(
  join(folder, 'latest.json'),
  `${JSON.stringify({ date: new Date().toISOString(), rounds, results }, null, 2)}\n`,
);
writeFileSync(join(folder, 'latest.svg'), picture(results));
writeFileSync(join(tempFolder, 'table.md'), `${markdown(results)}\n`);
console.log(markdown(results));
