import type { Command } from 'commander';
import type { CommandHost } from '../host.js';

export function addInit(program: Command, host: CommandHost): void {
  program
    .command('init')
    .argument('[example]', 'mesh, hub or dual-stack', 'mesh')
    .argument('[folder]', 'where to write it', '.')
    .summary('write a commented example inventory')
    .description(
      'Writes inventory.yaml, a commented example to put your machines into, and the schema with which an editor completes ' +
        'its keys. mesh: machines connect to each other directly. hub: they connect to one of them, as phones and laptops ' +
        'can. dual-stack: a mesh on IPv4 and IPv6. Never overwrites an inventory.',
    )
    .addHelpText(
      'after',
      host.footer(['bridgehead init', 'bridgehead init hub ~/network'], ['go', 'badInput']),
    )
    .action((example: string, folder: string) =>
      host.act(async (io) => (await import('../../app/init/init.js')).init(example, folder, io)),
    );
}
