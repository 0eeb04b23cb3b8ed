// `npm run faults`: crosses faults with the phases of a run on disposable machines, and asserts what must always hold.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES } from './cases/index.js';
import { lanesFor, openMatrix, type Tried } from './matrix.js';
import { schedule } from './schedule.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [''] },
    sample: { type: 'string' },
    lanes: { type: 'string', default: '3' },
    groups: { type: 'string', default: '2' },
    'guard-seconds': { type: 'string', default: '8' },
    root: { type: 'string', default: '.' },
    name: { type: 'string', default: 'faults' },
    list: { type: 'boolean', default: false },
  },
});

const { seed, only, sample } = values;
const chosen = CASES.filter(({ name }) =>
  only.some((text) => (text.startsWith('=') ? name === text.slice(1) : name.includes(text))),
);
const cases = schedule(
  chosen,
  wholeNumber('seed', seed),
  sample === undefined ? undefined : wholeNumber('sample', sample),
);
if (cases.length === 0) refuse(`no case has ${only.join(' or ')} in its name; --list shows them`);

if (values.list) for (const { name } of cases) console.log(name);
else await run();

async function run(): Promise<void> {
  const started = performance.now();
  const lanes = lanesFor(cases, {
    pair: wholeNumber('lanes', values.lanes),
    group: wholeNumber('groups', values.groups),
  });
  const root = resolve('.');
  const matrix = await openMatrix({
    name: values.name,
    lanes,
    root,
    guardSeconds: wholeNumber('guard-seconds', values['guard-seconds']),
    log: (line) => console.log(line),
  });
  let broken = 0;
  const onTried = (tried: Tried) => {
    broken += tried.broken.length;
    console.log(`${tried.broken.length === 0 ? 'ok  ' : 'FAIL'} ${seconds(tried.ms)} s  ${tried.one.name}`);
    for (const text of tried.broken) console.log(text.replace(/^/gm, '        '));
  };
  try {
    await matrix.run(
      cases.map((one) => ({ one, root: resolve(values.root) })),
      onTried,
    );
  } finally {
    await matrix.close();
  }
  console.log(`seed ${seed}, ${seconds(performance.now() - started).trim()} s`);
  console.log(`${cases.length} cases, ${broken} broken invariants`);
  process.exitCode = broken === 0 ? 0 : 1;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1).padStart(6);
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) refuse(`--${name} wants a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
