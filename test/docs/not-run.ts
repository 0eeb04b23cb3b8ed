import { COMMANDS, type DocCommand } from './commands.js';

interface NotRun {
  readonly page: string;
  readonly command: string;
  readonly why: string;
}

const REHEARSAL = 'boots a lab of its own, for half a minute: test/lab/inventories.test.ts runs it';
const OWN_RUNS = 'names runs of its reader: test/cli/runs.test.ts and report.test.ts make some';
const MATRIX = 'crashes machines of its own for a quarter of an hour';

/** Every command of the pages that no scene runs, and why. */
export const NOT_RUN: readonly NotRun[] = [
  { page: 'README.md', command: 'npm run setup', why: 'replaces what the tests are running' },
  { page: 'README.md', command: 'npm link', why: "changes the computer's global packages" },
  { page: 'README.md', command: 'npm run rehearse', why: REHEARSAL },
  { page: 'README.md', command: 'bridgehead rehearse', why: REHEARSAL },
  {
    page: 'README.md',
    command: 'bridgehead rehearse -i inventory/phone-home.yaml --with-reboot',
    why: REHEARSAL,
  },
  { page: 'docs/lab.md', command: 'bridgehead rehearse -i inventory/home-mesh.yaml', why: REHEARSAL },
  {
    page: 'docs/ci.md',
    command: 'the workflow',
    why: 'GitHub runs it: test/lab/shard.test.ts takes its steps out of the page',
  },
  {
    page: 'docs/provision.md',
    command: 'bridgehead provision',
    why: 'needs fresh machines of its own: test/lab/start/provision.test.ts types it',
  },
  { page: 'docs/commands.md', command: 'bridgehead runs diff 3fa9c1 91be04', why: OWN_RUNS },
  { page: 'docs/reports.md', command: 'bridgehead report 3fa9c1 --json -', why: OWN_RUNS },
  { page: 'docs/faults.md', command: 'npm run faults', why: MATRIX },
  { page: 'docs/faults.md', command: 'npm run faults -- --sample 8 --seed 5', why: MATRIX },
  { page: 'docs/faults.md', command: "npm run faults -- --only 'cuts SSH'", why: MATRIX },
  { page: 'docs/faults.md', command: 'npm run mutants', why: MATRIX },
];

const means = ({ page, command }: NotRun, { page: of, text }: DocCommand) => page === of && command === text;

export const isRun = (command: DocCommand): boolean => !NOT_RUN.some((entry) => means(entry, command));

/** Entries that no page has. */
export const stale = (): NotRun[] =>
  NOT_RUN.filter((entry) => !COMMANDS.some((command) => means(entry, command)));
