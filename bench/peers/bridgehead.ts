import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Bench, Contender } from '../contender.js';
import { benchInventory } from '../inventory.js';

const BIN = resolve('bin/bridgehead.js');
export const PROXY_PORT = 20000;

const file = ({ folder, delayed }: Bench, moved: boolean): string =>
  join(folder, `bridgehead-${delayed ? 'delayed-' : ''}${moved ? 'moved' : 'plain'}.yaml`);

export const bridgehead: Contender = {
  name: 'Bridgehead',
  jobs: ['reapply', 'port', 'first', 'check'],
  async prepare(bench) {
    const keys = await Promise.all(
      bench.nodes.map(async ({ name }) => (await bench.lab.knownHostKeys(name))[0] ?? ''),
    );
    const proxy = bench.delayed ? { proxy: { port: PROXY_PORT, hostKeys: keys } } : {};
    for (const moved of [false, true]) {
      writeFileSync(file(bench, moved), benchInventory(bench.nodes.length, { moved, ...proxy }));
    }
  },
  command: (bench, job, moved) => [
    process.execPath,
    BIN,
    ...(job === 'check' ? ['check'] : ['apply', '--yes']),
    '-i',
    file(bench, moved),
  ],
  unchanged: (output) => output.includes('Nothing to change'),
};
