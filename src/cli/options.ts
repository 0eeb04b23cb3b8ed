import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ReportTarget } from '../app/reports/report-files.js';
import { GUARD_SECONDS } from '../guard/types.js';
import { DRIVERS } from '../lab/driver.js';
import { CONNECT_SECONDS } from '../remote/transport.js';
import { FORMATS } from '../render/report/format-names.js';
import type { Shard } from '../runner/shards/shard.js';

/**
 * Adds the options of every command that connects to nodes; `doing` is what `--yes` does without asking. A command that never
 * asks takes `--yes` all the same, so that scripts can give all of them the same options.
 */
export function addConnectOptions(command: Command, doing?: string): Command {
  return addInventoryOption(command)
    .addOption(new Option('--yes', `${doing} without asking`).hideHelp(doing === undefined))
    .option('--accept-new', 'trust hosts that known_hosts does not have yet; a changed key is still refused')
    .option('--concurrency <n>', 'how many nodes to work on at once', positive, 16)
    .addOption(timeout)
    .addOption(sudoTimeout);
}

export const timeout = new Option('--timeout <seconds>', 'time limit for connecting to a node')
  .argParser(positive)
  .default(CONNECT_SECONDS);
export const sudoTimeout = new Option('--sudo-timeout <seconds>', 'time limit for becoming root on a node')
  .argParser(positive)
  .default(30);
export const programTimeout = new Option(
  '--program-timeout <seconds>',
  'time limit for reading a node, and for each change unless its step sets another',
)
  .argParser(positive)
  .default(120);

export const stateDirOption = new Option(
  '--state-dir <folder>',
  'where to keep journals (default: ~/.local/state/bridgehead)',
);

export const programsOption = new Option(
  '--programs <folder>',
  'folder of the programs that nodes are sent (default: ~/.cache/bridgehead/programs)',
);

/** For commands that lock nodes. */
export const waitForLock = new Option(
  '--wait-for-lock <seconds>',
  'how long to wait for nodes that another run holds (default: not at all)',
).argParser(positive);

export const keepChanged = new Option(
  '--keep-changed',
  'when a tunnel fails on one node, keep the changes on the others (default: revert them too)',
).conflicts('rollbackPhase');

/** Adds the options that plan, apply and check share. */
export function addSharedOptions(command: Command, doing?: string): Command {
  return addOutputOptions(
    addPlaybookOption(addConnectOptions(command, doing))
      .addOption(
        new Option('--phase <phase>', 'only this phase; repeat, or separate names with commas')
          .argParser(collect)
          .default([], 'all')
          .conflicts(['from', 'resume']),
      )
      .addOption(new Option('--from <phase>', 'this phase and all after it').conflicts(['phase', 'resume']))
      .addOption(
        new Option('--only <node>', 'only change and check this node; repeat, or separate names with commas')
          .argParser(collect)
          .default([], 'all'),
      )
      .option('--deep', 'also measure the phases that take minutes, which the playbook marks as deep')
      .addOption(programTimeout)
      .option('--gate-timeout <seconds>', 'time limit for each gate (default: its own)', positive)
      .addOption(stateDirOption)
      .addOption(report)
      .option('--notify <file>', 'notify those whom this file names of drift, a STOP or a failure'),
  );
}

export const report = new Option(
  '--report <format=file>',
  `also write a report, however the run ends: ${FORMATS.join(', ')}; repeat for several`,
)
  .argParser(reportTarget)
  .default([], 'none');

function reportTarget(value: string, earlier: readonly ReportTarget[]): ReportTarget[] {
  const [, name, file = ''] = /^(\w+)=(.+)$/.exec(value) ?? [];
  const format = FORMATS.find((one) => one === name);
  if (format === undefined || file === '-') {
    throw new InvalidArgumentError(
      `It must be FORMAT=FILE with ${FORMATS.join(', ')}, such as html=run.html.`,
    );
  }
  return [...earlier, { format, file }];
}

/** Lets a command continue without the nodes that don't answer. */
export function addSkipOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--skip-unreachable',
      'continue with the nodes that can be reached; the others are listed, and it still exits with 4',
    ).conflicts('shard'),
  );
}

/** Lets a command that shows a plan show every line of it. */
export function addFullOption(command: Command): Command {
  return command.option('--full', 'show every line of the files that the plan writes');
}

/** Lets several controllers share a command. */
export function addShardOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--shard <i/n>',
      'only the i-th of n parts of the inventory; other runs do the rest, and `report merge` joins their reports',
    )
      .argParser(parseShard)
      .conflicts('only'),
  );
}

function parseShard(value: string): Shard {
  const [, index = 0, of = 0] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(value)?.map(Number) ?? [];
  if (index < 1 || index > of) {
    throw new InvalidArgumentError('It must be I/N with I from 1 to N, such as 1/3.');
  }
  return { index, of };
}

/** Adds the options of the commands that change nodes. */
export function addGuardOptions(command: Command): Command {
  return command
    .option(
      '--guard-seconds <seconds>',
      'how long a node waits for confirmation before it reverts a change by itself',
      positive,
      GUARD_SECONDS,
    )
    .option('--no-guard', 'continue even if a node cannot be guarded, and risk being locked out');
}

export function addInventoryOption(command: Command): Command {
  return command.option('-i, --inventory <file>', 'inventory file (default: inventory.yaml in this folder)');
}

export function addDriverOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--driver <driver>',
      'what to build the lab with (default: nspawn as root on Linux, docker elsewhere)',
    ).choices(DRIVERS),
  );
}

export function addPlaybookOption(command: Command): Command {
  return command.option(
    '-p, --playbook <file|name>',
    'playbook: a file, or the name of a built-in one (default: the built-in one that fits the inventory, which validate names)',
  );
}

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print only JSON on standard output')
    .option('--verbose', 'show stack traces and causes of errors')
    .option('--no-color', 'plain text without colours');
}

/** For options that are repeated, or hold names separated by commas. */
export function collect(value: string, earlier: readonly string[]): string[] {
  const names = value.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('A name is empty.');
  return [...earlier, ...names];
}

/** An integer from 1 to 3600. */
export function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 3600) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 3600.');
  }
  return number;
}

/** A port, from 1 to 65535. */
export function port(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value) || Number(value) > 65535) {
    throw new InvalidArgumentError('It must be a port from 1 to 65535.');
  }
  return Number(value);
}
