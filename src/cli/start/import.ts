import { type Command, Option } from 'commander';
import type { ImportOptions } from '../../app/import/import.js';
import type { CommandHost } from '../host.js';

export function addImport(program: Command, host: CommandHost): void {
  program
    .command('import')
    .argument(
      '<source...>',
      'files, or - for standard input; NAME=FILE names the machine that a wg-quick file is from',
    )
    .addOption(
      new Option('--format <format>', 'format of all sources (default: detected for each)').choices([
        'wg-quick',
        'ansible',
        'ssh-config',
        'terraform',
        'hcloud',
      ]),
    )
    .option('-o, --output <file>', 'write a new file instead of standard output')
    .option('--name <name>', 'name of the inventory (default: the name of its folder)')
    .summary('make an inventory from files that you already have')
    .description(
      'Makes one inventory from wg-quick configurations, Ansible inventories (INI, YAML, or the JSON of ansible-inventory ' +
        '--list), ssh_config files, `terraform output -json` and `hcloud server list -o json`. Never reads the secrets in ' +
        'them. A machine that several sources name becomes one node. Lists what was left out, guessed or merged.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead import ~/.ssh/config -o inventory.yaml',
          'bridgehead import hosts.ini ms-1=backup/wg0.conf edge=edge/wg0.conf > inventory.yaml',
          'bridgehead import terraform-output.json ~/.ssh/config -o inventory.yaml',
        ],
        ['go', 'badInput'],
      ),
    )
    .action((sources: string[], options: ImportOptions) =>
      host.act(async (io) => (await import('../../app/import/import.js')).importFiles(sources, options, io)),
    );
}
