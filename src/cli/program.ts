import { setImmediate } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { type Io, paintFor, processIo } from '../app/terminal/io.js';
import { reportError } from '../app/terminal/report-error.js';
import { unwritable } from '../app/terminal/signals.js';
import { readVersion } from '../app/version.js';
import { EXIT } from '../core/errors.js';
import { addClientCommands } from './change/client.js';
import { addRemove } from './change/remove.js';
import { addRenumber } from './change/renumber.js';
import { addRotate } from './change/rotate.js';
import { addCompletion } from './help/completion.js';
import { addExplain } from './help/explain.js';
import { addMan } from './help/man.js';
import { type CommandHost, createHost } from './host.js';
import { addApps } from './inspect/apps.js';
import { addDns } from './inspect/dns.js';
import { addReport } from './inspect/report.js';
import { addRuns } from './inspect/runs.js';
import { addLab } from './lab.js';
import { addUndo } from './recover/undo.js';
import { addUnlock } from './recover/unlock.js';
import { addApply } from './run/apply.js';
import { addCheck } from './run/check.js';
import { addPlan } from './run/plan.js';
import { addPrograms } from './run/programs.js';
import { addRehearse } from './run/rehearse.js';
import { addValidate } from './run/validate.js';
import { addAdopt } from './start/adopt.js';
import { addExport } from './start/export.js';
import { addImport } from './start/import.js';
import { addInit } from './start/init.js';
import { addProvision } from './start/provision.js';
import { explainUsage, withKnownTopic } from './usage-errors.js';

const HELP = 'Help:';

/** Every command, under the heading that it has in the help. */
const COMMANDS: Readonly<Record<string, readonly ((program: Command, host: CommandHost) => void)[]>> = {
  'Start:': [addProvision, addInit, addImport, addAdopt, addExport],
  'Run:': [addValidate, addPlan, addApply, addCheck, addRehearse, addPrograms],
  'Change:': [addClientCommands, addRotate, addRenumber, addRemove],
  'Recover:': [addUndo, addUnlock],
  'Inspect:': [addRuns, addReport, addApps, addDns],
  'Lab:': [addLab],
  [HELP]: [addExplain, addCompletion, addMan],
};

/** Runs one command line (without node and the script) to its exit code. */
export async function runCli(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const exit = await runCommand(argv, io);
  if (io.failure === undefined) return exit;
  // A stream reports later that it could not write.
  await setImmediate();
  if (!io.failure.aborted) return exit;
  const { message, details, exitCode } = unwritable(io.failure.reason);
  const paint = paintFor(io, 'stderr', !argv.includes('--no-color'));
  io.stderr.write(`${paint.bad('error')}: ${message}: ${details.evidence}\nfix: ${details.fix}\n`);
  return exit === EXIT.go || exit === EXIT.changes ? exitCode : exit;
}

async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  const host = createHost(io);
  try {
    const program = createProgram(io, host);
    await program.parseAsync(withKnownTopic(program, argv), { from: 'user' });
    return host.exit();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.go : EXIT.badInput;
    const write = (text: string) => void io.stderr.write(text);
    const paint = paintFor(io, 'stderr', !argv.includes('--no-color'));
    return reportError(error, {
      write,
      paint,
      verbose: argv.includes('--verbose'),
      explain: io.stderr.isTTY === true,
    });
  }
}

/** The command line with all its commands. */
export function createProgram(io: Io, host: CommandHost): Command {
  const program = new Command('bridgehead')
    .enablePositionalOptions()
    .description(
      'Turns an inventory of VPS and home machines into a proven WireGuard network, over plain SSH. The inventory says ' +
        'which machines there are; the playbook says what to do, phase by phase; gates prove each phase on the machines.',
    )
    .version(readVersion(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .commandsGroup(HELP)
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead validate -i inventory/home-mesh.yaml',
          'bridgehead rehearse -i inventory/home-mesh.yaml',
          'bridgehead apply -i inventory/home-mesh.yaml',
        ],
        [
          'go',
          'bug',
          'badInput',
          'stop',
          'unreachable',
          'reverted',
          'locked',
          'stepFailed',
          'changes',
          'interrupted',
        ],
      ),
    );
  for (const [heading, adds] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading);
    for (const add of adds) add(program, host);
  }
  explainUsage(program);
  return program;
}
