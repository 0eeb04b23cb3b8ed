import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Contender, Job } from '../contender.js';
import type { BenchNode } from '../inventory.js';
import { KEYS, pings, QUESTIONS, reload, start } from './floor-programs.js';
import { configs } from './mesh-config.js';

const file = ({ folder, delayed }: Bench, job: Job, moved: boolean): string =>
  join(folder, `floor-${job}${moved ? '-moved' : ''}${delayed ? '-delayed' : ''}`);

/** One ssh a node, all at once: `make` gives the command line that its standard input comes from, `then` takes its output. */
function everywhere(bench: Bench, make: (node: BenchNode) => string, then = ''): string {
  const calls = bench.nodes.map((node, index) => {
    const { host, port } = bench.dial(index);
    const check = bench.delayed ? 'no' : 'yes';
    return `${make(node)} | ssh -o BatchMode=yes -o StrictHostKeyChecking=${check} -p ${port} root@${host} sh -s ${then.replaceAll('%', node.name)} & pids="$pids $!"`;
  });
  return `pids=\n${calls.join('\n')}\nfor pid in $pids; do wait $pid || exit 1; done\n`;
}

/** Writes a program for each node, and says how it is read. */
function programs(
  bench: Bench,
  stem: string,
  text: (node: BenchNode) => string,
): (node: BenchNode) => string {
  for (const node of bench.nodes) writeFileSync(`${stem}.${node.name}`, text(node));
  return ({ name }) => `cat ${stem}.${name}`;
}

/** Configuration of a node; `%name%` stands for the public key of a node. */
type Configs = (node: BenchNode) => string;

async function configsOf({ folder, nodes }: Bench, moved: boolean): Promise<Configs> {
  const texts = await configs(folder, nodes.length, moved, (node) => `%${node}%`);
  return ({ name }) => texts.get(name) ?? '';
}

function prepareLooking(bench: Bench): void {
  const questions = { reapply: QUESTIONS, check: 'wg show wg0 latest-handshakes\n' };
  for (const job of ['reapply', 'check'] as const) {
    const stem = file(bench, job, false);
    const text = `${questions[job]}${pings(bench.nodes)}`;
    writeFileSync(
      `${stem}.sh`,
      everywhere(
        bench,
        programs(bench, stem, () => text),
      ),
    );
  }
}

function preparePort(bench: Bench, moved: boolean, before: Configs, after: Configs): void {
  const stem = file(bench, 'port', moved);
  const text = (node: BenchNode) => `${reload(before(node), after(node))}${pings(bench.nodes)}`;
  writeFileSync(`${stem}.sh`, everywhere(bench, programs(bench, stem, text)));
}

/** Two execs a node: nobody's configuration can be written before everybody's public key is known. */
function prepareFirst(bench: Bench, configured: Configs): void {
  const stem = file(bench, 'first', false);
  const known = join(bench.folder, 'floor-public');
  const settings = readFileSync(join(bench.folder, 'mesh-sysctl.conf'), 'utf8');
  programs(bench, stem, (node) => `${start(configured(node), settings)}${pings(bench.nodes)}`);
  writeFileSync(`${stem}.keys`, KEYS);
  const fill = bench.nodes.map(({ name }) => `echo "s|%${name}%|$(cat ${known}.${name})|" >>${known}.sed`);
  const script = [
    everywhere(bench, () => `cat ${stem}.keys`, `>${known}.%`),
    `: >${known}.sed`,
    ...fill,
    everywhere(bench, ({ name }) => `sed -f ${known}.sed ${stem}.${name}`),
  ];
  writeFileSync(`${stem}.sh`, script.join('\n'));
}

/** Parallel `ssh` processes, one a node, with the fewest execs: nothing that drives SSH can be faster by much. */
export const floor: Contender = {
  name: 'ssh (floor)',
  jobs: ['reapply', 'port', 'first', 'check'],
  async prepare(bench) {
    const [plain, moved] = [await configsOf(bench, false), await configsOf(bench, true)];
    prepareLooking(bench);
    preparePort(bench, false, moved, plain);
    preparePort(bench, true, plain, moved);
    prepareFirst(bench, plain);
  },
  command: (bench, job, moved) => ['sh', `${file(bench, job, moved)}.sh`],
};
