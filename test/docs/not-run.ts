import { COMMANDS, type DocCommand } from './commands.js';

interface NotRun {
  readonly page: string;
  readonly command: string;
  readonly why: string;
}

const REHEARSAL = 'boots a lab of its own, for half a minute: test/lab/labs/inventories.test.ts runs it';
const PACKAGE = 'needs a home and a prefix of its own: test/package/install.integration.test.ts runs it';
const CHANGE =
  'boots a lab of its own, against what its reader has applied: test/lab/rehearse/change.test.ts rehearses changes';
const OWN_RUNS = 'names runs of its reader: test/cli/runs.test.ts and report.test.ts make some';
const IN_DOCKER = 'needs Docker: test/lab/drivers/docker.test.ts does it';
const IMAGE = 'needs Docker: test/lab/image/image.test.ts builds and runs the image';
const MATRIX = 'crashes machines of its own for a quarter of an hour';

const PROGRAMS =
  'downloads programs, which not every network reaches: test/app/programs/cache.integration.test.ts and test/lab/programs/program.test.ts do it';

/** Every command of the pages that no scene runs, and why. */
export const NOT_RUN: readonly NotRun[] = [
  { page: 'README.md', command: 'npm run setup', why: 'replaces what the tests are running' },
  { page: 'README.md', command: 'npm link', why: "changes the computer's global packages" },
  { page: 'README.md', command: 'npm pack', why: PACKAGE },
  { page: 'README.md', command: 'npm install --global ./bridgehead-*.tgz', why: PACKAGE },
  { page: 'README.md', command: 'npx ./bridgehead-*.tgz --version', why: PACKAGE },
  { page: 'README.md', command: 'npm run rehearse', why: REHEARSAL },
  { page: 'README.md', command: 'bridgehead rehearse', why: REHEARSAL },
  {
    page: 'README.md',
    command: 'bridgehead rehearse -i inventory/phone-home.yaml --with-reboot',
    why: REHEARSAL,
  },
  {
    page: 'docs/programs.md',
    command: 'bridgehead programs fetch -i inventory.yaml -p ./my-playbook.yaml --programs ./programs',
    why: PROGRAMS,
  },
  {
    page: 'docs/programs.md',
    command: 'bridgehead apply -i inventory.yaml -p ./my-playbook.yaml --programs ./programs',
    why: PROGRAMS,
  },
  { page: 'docs/lab.md', command: 'bridgehead rehearse -i inventory/home-mesh.yaml', why: REHEARSAL },
  { page: 'docs/lab.md', command: 'bridgehead rehearse --against last', why: CHANGE },
  {
    page: 'docs/lab.md',
    command: 'bridgehead lab run -i inventory.yaml --at visitor -- curl -6 https://photos.example.com',
    why: 'needs a web server on the VPS: test/lab/internet/internet.test.ts has one',
  },
  { page: 'docs/lab.md', command: 'git show main:inventory.yaml >old.yaml', why: CHANGE },
  { page: 'docs/lab.md', command: 'bridgehead rehearse --against old.yaml', why: CHANGE },
  {
    page: 'docs/lab.md',
    command: 'bridgehead rehearse -i inventory/home-mesh.yaml --driver docker',
    why: IN_DOCKER,
  },
  { page: 'docs/lab.md', command: 'docker build --target machine -t bridgehead-machine .', why: IN_DOCKER },
  { page: 'docs/docker.md', command: 'docker build -t bridgehead .', why: IMAGE },
  { page: 'docs/docker.md', command: 'docker run --rm bridgehead', why: IMAGE },
  {
    page: 'docs/ci.md',
    command: 'the workflow',
    why: 'GitHub runs it: test/lab/ci.test.ts takes its steps out of the page',
  },
  {
    page: 'docs/recipes/github.md',
    command: 'the workflow',
    why: 'GitHub runs it: test/lab/ci.test.ts gives the action what its steps give it',
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
  {
    page: 'docs/faults.md',
    command: 'BRIDGEHEAD_LOCK_OUTS=all npm run test:lab -- test/lab/firewall/lock-outs.test.ts',
    why: 'boots a lab of its own, and is the lab test itself',
  },
];

const means = ({ page, command }: NotRun, { page: of, text }: DocCommand) => page === of && command === text;

export const isRun = (command: DocCommand): boolean => !NOT_RUN.some((entry) => means(entry, command));

/** Entries that no page has. */
export const stale = (): NotRun[] =>
  NOT_RUN.filter((entry) => !COMMANDS.some((command) => means(entry, command)));
