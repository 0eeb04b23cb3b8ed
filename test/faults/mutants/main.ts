// `npm run mutants`: makes each slip that a guard must not have, and sees that the matrix notices.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from '../case.js';
import { CASES } from '../cases/index.js';
import { BROKE_DOWN, lanesFor, openMatrix, type Trial, type Tried } from '../matrix.js';
import { MUTANTS } from './list.js';
import { buildMutant, type Mutant } from './mutant.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    lanes: { type: 'string', default: '3' },
    groups: { type: 'string', default: '2' },
    name: { type: 'string', default: 'faults-mutants' },
  },
});

const mutants = MUTANTS.filter(({ name }) => name.includes(values.only));
if (mutants.length === 0) throw new Error(`no mutant has ${JSON.stringify(values.only)} in its name`);

const folder = await mkdtemp(join(tmpdir(), 'bridgehead-mutants-'));
const root = resolve('.');
const found: (Tried & { readonly mutant: Mutant | undefined })[] = [];
const started = performance.now();
const matrix = await openMatrix({
  name: values.name,
  lanes: lanesFor(
    mutants.flatMap(({ cases }) => cases.map(caseNamed)),
    { pair: Number(values.lanes), group: Number(values.groups) },
  ),
  root,
  log: (line) => console.log(line),
});
try {
  const names = new Set(mutants.flatMap(({ cases }) => cases));
  const sane = CASES.filter(({ name }) => names.has(name)).map((one) => ({ one, root, mutant: undefined }));
  await tryAll([...sane, ...mutants.flatMap(trialsOf)]);
} finally {
  await matrix.close();
  await rm(folder, { recursive: true, force: true });
}
printSummary();

type MutantTrial = Trial & { readonly mutant: Mutant | undefined };

/** Runs the trials; what broke down says nothing, and is tried once more. */
async function tryAll(trials: readonly MutantTrial[]): Promise<void> {
  const again: MutantTrial[] = [];
  const each = (isLast: boolean) => (tried: Tried) => {
    const trial = trials.find((one) => one.one === tried.one && one.root === tried.root);
    const brokeDown = tried.broken.some((text) => text.startsWith(BROKE_DOWN));
    if (brokeDown && !isLast && trial !== undefined) again.push(trial);
    else found.push({ ...tried, mutant: trial?.mutant });
    console.log(
      `${(tried.ms / 1000).toFixed(1).padStart(6)} s  ${trial?.mutant?.name ?? 'no mutant'}: ${tried.one.name}: ${brokeDown ? tried.broken.join('\n') : `${tried.broken.length} broken`}`,
    );
  };
  await matrix.run(trials, each(false));
  await matrix.run(again, each(true));
}

/** A mutant is built on the lane that tries it first, while the other lanes go on. */
function trialsOf(mutant: Mutant, index: number): MutantTrial[] {
  const home = join(folder, String(index));
  let built: Promise<void> | undefined;
  const build = () => (built ??= buildMutant(mutant, home));
  return mutant.cases.map((name) => ({ one: caseNamed(name), root: home, build, mutant }));
}

function caseNamed(name: string): Case {
  const one = CASES.find((candidate) => candidate.name === name);
  if (one === undefined) throw new Error(`there is no case "${name}"`);
  return one;
}

function printSummary(): void {
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
  console.log(`${Math.round((performance.now() - started) / 1000)} s`);
  process.exitCode = missed.length === 0 && unsound.length === 0 ? 0 : 1;
}
