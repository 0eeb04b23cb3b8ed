import { Argument, type Command } from 'commander';
import type { ExportOptions } from '../../app/export/export.js';
import type { CommandHost } from '../host.js';
import { addInventoryOption, port } from '../options.js';

export function addExport(program: Command, host: CommandHost): void {
  addInventoryOption(
    program
      .command('export')
      .addArgument(
        new Argument('<format>', 'format to write').choices([
          'ansible',
          'ssh-config',
          'wg-quick',
          'mermaid',
          'graphviz',
          'prometheus',
        ]),
      )
      .option('-o, --output <file>', 'write to a file instead of standard output; for wg-quick, a folder')
      .option('--force', 'overwrite existing files')
      .option('--port <port>', 'prometheus: port of the targets', port, 9100),
  )
    .summary('write the inventory in another format')
    .description(
      'Writes an Ansible inventory, an ssh_config, wg-quick files (with placeholders for keys, which stay on their ' +
        'machines), a drawing for Mermaid or Graphviz, or targets for the file_sd of Prometheus. Connects to nothing.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead export ansible > hosts.yml',
          'bridgehead export graphviz -i inventory/home-mesh.yaml | dot -Tsvg > network.svg',
          'bridgehead export wg-quick -o wg-quick',
        ],
        ['go', 'badInput'],
      ),
    )
    .action((format: string, options: ExportOptions) =>
      host.act(async (io) =>
        (await import('../../app/export/export.js')).exportInventory(format, options, io),
      ),
    );
}
