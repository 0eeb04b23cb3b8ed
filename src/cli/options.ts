import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Shard } from '../runner/shards/shard.js';

/** Adds what every command that connects to nodes is told; `doing` is what `--yes` does without asking. */
export function addConnectOptions(command: Command, doing: string): Command {
  return addInventoryOption(command)
    .option('--yes', `${doing} without asking`)
    .option(
      '--accept-new',
      'trust hosts that known_hosts does not have yet; a changed key is refused all the same',
    )
    .option('--concurrency <n>', 'nodes worked on at once', positive, 16)
    .addOption(timeout)
    .addOption(sudoTimeout);
}

export const timeout = new Option('--timeout <seconds>', 'for connecting to a node')
  .argParser(positive)
  .default(20);
export const sudoTimeout = new Option('--sudo-timeout <seconds>', 'for becoming root on a node')
  .argParser(positive)
  .default(30);
export const programTimeout = new Option(
  '--program-timeout <seconds>',
  'for reading a node, and for each change whose kind or step says nothing else',
)
  .argParser(positive)
  .default(120);

/** Adds the options that validate, plan, apply and check share. */
export function addSharedOptions(command: Command): Command {
  return addOutputOptions(
    addPlaybookOption(addConnectOptions(command, 'apply'))
      .addOption(
        new Option('--phase <name>', 'this phase alone; repeat it or separate names by commas')
          .argParser(collect)
          .default([], 'all')
          .conflicts(['from', 'resume']),
      )
      .addOption(new Option('--from <name>', 'this phase and those after it').conflicts(['phase', 'resume']))
      .addOption(
        new Option(
          '--only <node>',
          'change and measure this node alone; repeat it or separate names by commas',
        )
          .argParser(collect)
          .default([], 'all'),
      )
      .addOption(programTimeout)
      .option('--gate-timeout <seconds>', 'at most, for each gate (default: its own patience)', positive)
      .option('--state-dir <folder>', 'where the journals are kept (default: ~/.local/state/bridgehead)'),
  );
}

/** Adds what lets a command go on without the nodes that don't answer. */
export function addSkipOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--skip-unreachable',
      'go on with the nodes that can be reached; the others are named, and it ends in 4 all the same',
    ).conflicts('shard'),
  );
}

/** Adds what splits a command among several controllers. */
export function addShardOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--shard <i/n>',
      'the i-th of n parts of the inventory, while other runs see to the others; `report merge` joins their reports',
    )
      .argParser(parseShard)
      .conflicts('only'),
  );
}

function parseShard(value: string): Shard {
  const [, index = 0, of = 0] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(value)?.map(Number) ?? [];
  if (index < 1 || index > of) {
    throw new InvalidArgumentError('It must be I/N with I from 1 to N, such as 1/3, 2/3 and 3/3.');
  }
  return { index, of };
}

/** Adds what only commands that change nodes are told. */
export function addGuardOptions(command: Command): Command {
  return command
    .option(
      '--guard-seconds <seconds>',
      'how long a node waits for the confirmation before it undoes a change by itself',
      positive,
      90,
    )
    .option('--no-guard', 'take the risk of being locked out, where a node can have no guard');
}

export function addInventoryOption(command: Command): Command {
  return command.option('-i, --inventory <file>', 'inventory (default: inventory.yaml in this folder)');
}

export function addPlaybookOption(command: Command): Command {
  return command.option(
    '-p, --playbook <file|name>',
    'playbook: a file, or the name of one that ships (default: mesh or hub, after the shape of the networks)',
  );
}

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'JSON on standard output and nothing else')
    .option('--verbose', 'stacks and causes of errors')
    .option('--no-color', 'plain text');
}

/** For options that are repeated, or hold names separated by commas. */
export function collect(value: string, earlier: readonly string[]): string[] {
  const names = value.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('A name is empty.');
  return [...earlier, ...names];
}

/** A whole number from 1 to 3600. */
export function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 3600) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 3600.');
  }
  return number;
}
