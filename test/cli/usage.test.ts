import { join } from 'node:path';
import { readVersion } from '../../src/app/version.js';
import { EXIT } from '../../src/core/errors.js';
import { cli, DEAD_INVENTORY, folderWith } from './helpers.js';

const fileIn = (folder: string) => join(folder, 'net.yaml');

describe('help', () => {
  it('names every command, with examples and exit codes', async () => {
    const { code, stdout } = await cli(['--help']);
    expect(code).toBe(EXIT.go);
    for (const word of [
      'validate',
      'plan',
      'apply',
      'check',
      'lab',
      'rehearse',
      'Examples:',
      'Exit codes:',
    ]) {
      expect(stdout).toContain(word);
    }
  });

  it.each(['validate', 'plan', 'apply', 'check', 'rehearse', 'lab', 'lab up', 'lab run'])(
    '%s --help is shown without an error',
    async (command) => {
      const { code, stdout, stderr } = await cli([...command.split(' '), '--help']);
      expect({ code, stderr }).toEqual({ code: EXIT.go, stderr: '' });
      expect(stdout).toContain(`Usage: bridgehead ${command}`);
    },
  );

  it.each(['plan', 'apply', 'check'])('%s has the options that all three share', async (command) => {
    const { stdout } = await cli([command, '--help']);
    for (const option of ['--inventory', '--playbook', '--phase', '--from', '--only', '--json']) {
      expect(stdout).toContain(option);
    }
  });

  it('prints the version of package.json', async () => {
    expect((await cli(['--version'])).stdout).toBe(`${readVersion()}\n`);
  });
});

describe('usage errors end in 2 and say what is wrong', () => {
  it.each([
    [['aply'], "unknown command 'aply'\n(Did you mean apply?)"],
    [['apply', '--bogus'], "unknown option '--bogus'"],
    [
      ['apply', '--phase', 'a', '--from', 'b'],
      "'--phase <phase>' cannot be used with option '--from <phase>'",
    ],
    [['apply', '--resume', '--from', 'b'], "cannot be used with option '--resume'"],
    [['plan', '--concurrency', '0'], 'It must be a whole number from 1 to 3600.'],
    [['plan', '--timeout', 'soon'], 'It must be a whole number from 1 to 3600.'],
    [['plan', '--only', 'a,,b'], 'A name is empty.'],
    [['plan', 'extra'], 'too many arguments'],
    [['apply', '--shard', '3/2'], 'It must be I/N with I from 1 to N, such as 1/3.'],
    [['check', '--shard', '0/2'], 'It must be I/N'],
    [['plan', '--shard', '2'], 'It must be I/N'],
    [['plan', '--shard', '1/2', '--only', 'a'], "'--shard <i/n>' cannot be used with option '--only <node>'"],
    [
      ['validate', '--yes'],
      'error: validate has no option --yes\nfix: leave it out; it is for `adopt`, `plan`, `apply`, `check` and',
    ],
    [
      ['validate', '--shard', '1/2'],
      'validate has no option --shard\nfix: leave it out; it is for `plan`, `apply` and `check`',
    ],
    [
      ['check', '--shard-wait', '5'],
      'check has no option --shard-wait\nfix: leave it out; it is for `apply`\n',
    ],
    [['plan', '--resume'], 'plan has no option --resume\nfix: leave it out; it is for `apply`\n'],
    [['apply', '--inventry', 'x'], "unknown option '--inventry'\n(Did you mean --inventory?)"],
    [['client', 'shw'], "unknown command 'shw'\n(Did you mean show?)"],
    [['help', 'aply'], "unknown command 'aply'\n(Did you mean apply?)"],
    [['aply', '--help'], "unknown command 'aply'\n(Did you mean apply?)"],
    [['client', 'ad', 'phone', '-h'], "unknown command 'ad'\n(Did you mean add?)"],
    [
      ['validate', 'my net.yaml'],
      `error: validate has no argument for "my net.yaml"\nfix: write -i 'my net.yaml'\n`,
    ],
    [
      ['-i', 'x.yaml', 'apply', '--yes'],
      'error: -i is before its command\nfix: bridgehead apply -i x.yaml --yes\n',
    ],
    [['client', '-i', 'x.yaml', 'list'], 'fix: bridgehead client list -i x.yaml\n'],
    [
      ['-i', 'x.yaml'],
      'error: bridgehead itself has no option -i\nfix: write it after the command; it is for `provision`,',
    ],
    [['export', 'ansibel'], 'error: format: there is no "ansibel"\nfix: did you mean "ansible"?\n'],
    [['export', 'nope'], 'error: format: there is no "nope"\nfix: one of: '],
    [['dns', 'records', '--format', 'zoen'], 'there is no "zoen"\nfix: did you mean "zone"?\n'],
    [['lab', 'run'], "missing required argument 'command'"],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await cli(argv);
    expect({ code, stdout }).toEqual({ code: EXIT.badInput, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('says which inventories there are when none is given', async () => {
    const folder = folderWith({ 'inventory/home.yaml': '', 'inventory/two.yml': '' });
    expect(await cli(['plan'], folder)).toEqual({
      code: EXIT.badInput,
      stdout: '',
      stderr:
        'error: no inventory given, and no inventory.yaml here\n' +
        'fix: choose one with -i: inventory/home.yaml, inventory/two.yml\n',
    });
  });

  it.each([
    [['-p', 'mash'], 'no playbook named "mash"', 'did you mean "mesh"? the playbooks are: '],
    [['--phase', 'tunel'], 'no phase named "tunel"', 'did you mean "tunnel"? the phases are: baseline, '],
    [['--from', 'end'], 'no phase named "end"', 'the phases are: baseline, '],
    [['--shard', '1/3'], 'dead has 2 nodes, too few for 3 shards', 'use at most 2 shards: --shard 1/2'],
    [['--only', 'a-1,a-2'], 'no node named "a-2"', 'did you mean "a-1"? the nodes are: a-1, b-1'],
  ])('%j names the nearest', async (argv, message, fix) => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const { code, stderr } = await cli(['plan', '-i', fileIn(folder), ...argv]);
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toContain(`error: ${message}\nfix: ${fix}`);
  });

  it('reports the problems of inventory and playbook together', async () => {
    const folder = folderWith({ 'net.yaml': 'name: x\nnods: {}\n', 'play.yaml': 'name: y\nphases: 3\n' });
    const { code, stderr } = await cli(['plan', '-i', fileIn(folder), '-p', join(folder, 'play.yaml')]);
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toContain(`${fileIn(folder)}:2:1  nods`);
    expect(stderr).toContain(`${join(folder, 'play.yaml')}:2:`);
  });
});

describe('apply without --yes', () => {
  it.each([
    ['where there is no terminal', false, []],
    ['with --json', true, ['--json']],
  ])('refuses %s before any node is connected to', async (_name, tty, flags) => {
    const file = fileIn(folderWith({ 'net.yaml': DEAD_INVENTORY }));
    const { code, stdout, stderr } = await cli(['apply', '-i', file, ...flags], process.cwd(), tty);
    expect({ code, stdout }).toEqual({ code: EXIT.badInput, stdout: '' });
    expect(stderr).toContain('add --yes');
  });

  it.each([['apply'], ['undo'], ['unlock'], ['adopt'], ['rotate', 'psk'], ['client', 'add', 'phone']])(
    'names the inventory that is missing first: %s',
    async (...argv) => {
      const { code, stderr } = await cli(argv, folderWith({}), false);
      expect(code).toBe(EXIT.badInput);
      expect(stderr).toContain('no inventory.yaml here');
      expect(stderr).not.toContain('nobody can answer');
    },
  );
});
