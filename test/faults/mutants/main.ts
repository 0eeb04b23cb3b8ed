// `npm run mutants`: makes each slip that a guard must not have, and sees that the matrix notices.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from '../case.js';
import { CASES } from '../cases/index.js';
import { BROKE_DOWN, openMatrix, type Trial, type Tried } from '../matrix.js';
import { MUTANTS } from './list.js';
import { buildMutant, type Mutant } from './mutant.js';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, lanes: { type: 'string', default: '3' } },
});

const mutants = MUTANTS.filter(({ name }) => name.includes(values.only));
if (mutants.length === 0) throw new Error(`no mutant has ${JSON.stringify(values.only)} in its name`);

const folder = await mkdtemp(join(tmpdir(), 'bridgehead-mutants-'));
const root = resolve('.');
const found: (Tried & { readonly mutant: Mutant | undefined })[] = [];
const matrix = await openMatrix({
  name: 'faults-mutants',
  lanes: Number(values.lanes),
  root,
  log: (line) => console.log(line),
});
try {
  const mutated = await Promise.all(mutants.map(trialsOf));
  const names = new Set(mutants.flatMap(({ cases }) => cases));
  const sane = CASES.filter(({ name }) => names.has(name)).map((one) => ({ one, root, mutant: undefined }));
  const trials = [...sane, ...mutated.flat()];
  await matrix.run(trials, (tried) => {
    const mutant = trials.find(({ one, root: its }) => one === tried.one && its === tried.root)?.mutant;
    found.push({ ...tried, mutant });
    console.log(
      `${(tried.ms / 1000).toFixed(1).padStart(6)} s  ${mutant?.name ?? 'no mutant'}: ${tried.one.name}: ${tried.broken.length} broken`,
    );
  });
} finally {
  await matrix.close();
  await rm(folder, { recursive: true, force: true });
}
tell();

async function trialsOf(mutant: Mutant, index: number): Promise<(Trial & { readonly mutant: Mutant })[]> {
  const home = join(folder, String(index));
  buildMutant(mutant, home);
  return mutant.cases.map((name) => ({ one: caseNamed(name), root: home, mutant }));
}

function caseNamed(name: string): Case {
  const one = CASES.find((candidate) => candidate.name === name);
  if (one === undefined) throw new Error(`there is no case "${name}"`);
  return one;
}

function tell(): void {
  const unsound = found.filter(({ mutant, broken }) => mutant === undefined && broken.length > 0);
  for (const { one, broken } of unsound)
    console.log(`FAILS WITHOUT A MUTANT: ${one.name}\n${broken.join('\n')}`);
  const missed = mutants.filter((mutant) => {
    const tried = found.filter((one) => one.mutant === mutant);
    const broken = tried.flatMap((one) => one.broken).filter((text) => !text.startsWith(BROKE_DOWN));
    console.log(`${broken.length > 0 ? 'caught' : 'MISSED'}  ${mutant.name}`);
    if (broken[0] !== undefined) console.log(`        ${broken[0].split('\n')[0]?.slice(0, 160)}`);
    return broken.length === 0;
  });
  console.log(`${mutants.length} mutants, ${mutants.length - missed.length} caught, ${missed.length} missed`);
  process.exitCode = missed.length === 0 && unsound.length === 0 ? 0 : 1;
}
