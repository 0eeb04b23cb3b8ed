import { createHost } from '../../src/cli/host.js';
import { createProgram } from '../../src/cli/program.js';
import { pathOf, withDescendants } from '../../src/cli/usage-errors.js';
import { cli } from './helpers.js';

const io = {
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  stdin: {},
  env: {},
  cwd: '.',
};
const program = createProgram(io, createHost(io));
const commands = withDescendants(program).map((command) => ({ path: pathOf(command), command }));

it.each(commands)('`$path` has help with examples and exit codes', async ({ path, command }) => {
  const { code, stdout, stderr } = await cli([...path.split(' ').filter(Boolean), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/\nExamples:\n(?: {2}.*bridgehead .+\n)+\nExit codes:\n(?: +\d+ {2}\S.*\n)+$/);
  expect(command.description()).toMatch(/^[A-Z].*\.$/s);
});

it.each(commands)('the examples of `$path` are commands that there are', async ({ path }) => {
  const { stdout } = await cli([...path.split(' ').filter(Boolean), '--help']);
  const examples = [...stdout.matchAll(/^ {2}.*?bridgehead (.+)$/gm)].map(([, words = '']) =>
    words.split(' '),
  );
  for (const words of examples) {
    const end = words.findIndex((word) => word === '--' || /^[>|]/.test(word));
    const own = end < 0 ? words : words.slice(0, end);
    let command = program;
    for (const word of own) command = command.commands.find((one) => one.name() === word) ?? command;
    expect(pathOf(command).startsWith(path)).toBe(true);
    const known = command.options.flatMap(({ long, short }) => [long, short]);
    expect(known).toEqual(expect.arrayContaining(own.filter((word) => /^-./.test(word))));
  }
});

it.each(commands)(
  'options, arguments and subcommands of `$path` are described in one style',
  ({ command }) => {
    const help = command.createHelp();
    const texts = [
      ...help.visibleOptions(command).map((one) => help.optionDescription(one)),
      ...help.visibleArguments(command).map((one) => help.argumentDescription(one)),
      ...help.visibleCommands(command).map((one) => one.summary() || one.description()),
    ];
    for (const text of texts) {
      expect(text).toMatch(/^(?:[a-z]|UDP )/);
      expect(text).not.toMatch(/\.$|\(default: .*\(default: /s);
    }
  },
);

it('has every command under a heading', async () => {
  const { stdout } = await cli(['--help']);
  expect(stdout).not.toContain('Commands:');
  expect(stdout).toMatch(/\nHelp:\n(?: {2}.+\n)* {2}help \[command\] /);
});

it('lists what works in validate, and nothing else', async () => {
  const { stdout } = await cli(['validate', '--help']);
  expect([...stdout.matchAll(/^ {2}(?:-\w, )?(--\S+)/gm)].map(([, flag]) => flag)).toEqual([
    '--inventory',
    '--playbook',
    '--json',
    '--verbose',
    '--no-color',
    '--draw',
    '--help',
  ]);
});

it.each(['plan', 'check'])('%s takes --yes without offering it', async (command) => {
  expect((await cli([command, '--help'])).stdout).not.toContain('--yes');
  expect((await cli([command, '--yes', '-i', '/nowhere/x.yaml'])).stderr).not.toContain('--yes');
});
