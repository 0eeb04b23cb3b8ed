import type { Command } from 'commander';
import type { CommandHost } from '../host.js';

export function addInit(program: Command, host: CommandHost): void {
  program
    .command('init')
    .argument('[example]', 'which example: mesh, hub or dual-stack', 'mesh')
    .argument('[folder]', 'folder to write it into', '.')
    .summary('write a commented example inventory')
    .description(
      'Writes inventory.yaml, a commented example to fill in with your machines, and the schema that lets an editor ' +
        'complete its keys. mesh: all machines connect to each other directly. hub: all connect to one of them, and phones ' +
        'and laptops can too. dual-stack: a mesh with IPv4 and IPv6. Never overwrites an inventory.',
    )
    .addHelpText(
      'after',
      host.footer(['bridgehead init', 'bridgehead init hub ~/network'], ['go', 'badInput']),
    )
    .action((example: string, folder: string) =>
      host.act(async (io) => (await import('../../app/init/init.js')).init(example, folder, io)),
    );
}
