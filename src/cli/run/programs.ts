import { type Command, Option } from 'commander';
import type { ProgramsOptions } from '../../app/programs/options.js';
import type { CommandHost } from '../host.js';
import {
  addInventoryOption,
  addOutputOptions,
  addPlaybookOption,
  collect,
  programsOption,
} from '../options.js';

const architecture = () =>
  new Option(
    '--architecture <name>',
    'only for this kind of processor; repeat, or separate names with commas',
  )
    .argParser(collect)
    .default([], 'all');

export function addPrograms(program: Command, host: CommandHost): void {
  const programs = program
    .command('programs')
    .summary('list and download the programs that are sent to nodes')
    .description(
      'Traefik and other programs that Debian does not have are fetched from their publishers once, verified, kept in a ' +
        'folder, and sent to the nodes from there.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead programs list', 'bridgehead programs fetch traefik'],
        ['go', 'badInput', 'stepFailed'],
      ),
    );
  addOutputOptions(addPlaybookOption(addInventoryOption(programs.command('fetch'))))
    .argument(
      '[program...]',
      'name, or name=version (default: those that the playbook has for the inventory)',
    )
    .summary('fetch programs before they are needed')
    .description(
      'Downloads programs from their publishers into the folder and verifies them; those that are there already are left. ' +
        'The folder can then be carried to a machine without internet, whose apply takes it with --programs.',
    )
    .addOption(architecture())
    .addOption(programsOption)
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead programs fetch traefik',
          'bridgehead programs fetch caddy=2.11.7 --architecture arm64 --programs ./programs',
          'bridgehead programs fetch -i inventory/home-mesh.yaml -p ./my-playbook.yaml',
        ],
        ['go', 'badInput', 'stepFailed', 'interrupted'],
      ),
    )
    .action((names: string[], options: ProgramsOptions) =>
      host.act(async (io) => (await import('../../app/programs/fetch.js')).fetchPrograms(names, options, io)),
    );
  addOutputOptions(programs.command('list'))
    .summary('list the programs that are known, and which of them are there')
    .description(
      'Lists the programs that are known, with their versions, and which of them the folder has. Connects to nothing.',
    )
    .addOption(architecture())
    .addOption(programsOption)
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead programs list', 'bridgehead programs list --architecture amd64 --json'],
        ['go', 'badInput'],
      ),
    )
    .action((options: ProgramsOptions) =>
      host.act(async (io) => (await import('../../app/programs/list.js')).listPrograms(options, io)),
    );
}
