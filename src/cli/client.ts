import type { Command } from 'commander';
import type {
  AddOptions,
  ClientOptions,
  HandingOptions,
  ListOptions,
  ShowOptions,
} from '../app/clients/options.js';
import { addChangeOptions, addHandoverOptions, addHubOptions, addWishOptions } from './client-options.js';
import type { CommandHost } from './host.js';

export function addClient(program: Command, host: CommandHost): void {
  const client = program
    .command('client')
    .summary('phones and laptops without SSH: add, show, rekey, revoke, list')
    .description(
      'Devices that are handed a WireGuard configuration, or its QR code, and call a hub. Their keys are made here; the ' +
        'private one is shown once and kept nowhere, the public one is written into the inventory and given to the hub.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead client add tablet -i inventory/phone-home.yaml',
          'bridgehead client add laptop --tunnel full --dns 1.1.1.1 --conf laptop.conf --yes',
          'bridgehead client list --live',
          'bridgehead client revoke tablet',
        ],
        ['go', 'badInput', 'stop', 'unreachable', 'stepFailed', 'interrupted'],
      ),
    );
  const NAME = "the client's name";

  addHandoverOptions(addWishOptions(addChangeOptions(client.command('add'))))
    .argument('<name>', NAME)
    .summary('a new client: address, keys, a peer on the hub, then its configuration')
    .description(
      'Chooses a free address, makes the keys, adds the peer to the running hub without cutting anybody, writes the client ' +
        'into the inventory, and shows its QR code once. When the hub can’t be changed, all stays as it was.',
    )
    .action((name: string, options: AddOptions) =>
      host.act(async (io) => (await import('../app/clients/keys.js')).addNewClient(name, options, io)),
    );
  addHandoverOptions(addHubOptions(client.command('show')))
    .argument('<name>', NAME)
    .option('--kept <file>', 'a configuration that was kept: its keys make the new one whole')
    .summary('the configuration as it should be now, without secrets unless they were kept')
    .description(
      'Asks the hub for its public key and shows the configuration without its secrets, and why the client must scan again, ' +
        'if it must. With a configuration that you kept, its keys go into a new one: --qr, --conf, --png.',
    )
    .action((name: string, options: ShowOptions) =>
      host.act(async (io) => (await import('../app/clients/show.js')).showClient(name, options, io)),
    );
  addHandoverOptions(addChangeOptions(client.command('rekey')))
    .argument('<name>', NAME)
    .summary('new keys for one client; its first ones where it has none')
    .description(
      'Makes new keys for one client, gives them to the hub, and shows the QR code once. The old keys end.',
    )
    .action((name: string, options: HandingOptions) =>
      host.act(async (io) => (await import('../app/clients/keys.js')).rekeyClient(name, options, io)),
    );
  addChangeOptions(client.command('revoke'))
    .argument('<name>', NAME)
    .summary('off the hub and out of the inventory; its address is free again')
    .description(
      'Takes the peer off the running hub, cutting nobody else, and the client out of the inventory.',
    )
    .action((name: string, options: ClientOptions) =>
      host.act(async (io) => (await import('../app/clients/revoke.js')).revokeClient(name, options, io)),
    );
  addHubOptions(client.command('list'))
    .option('--live', 'ask the hubs for the last handshakes')
    .summary('every client, and which must scan again, and why')
    .description(
      'Lists the clients of all networks; which must scan again, and why. Connects nowhere without --live.',
    )
    .action((options: ListOptions) =>
      host.act(async (io) => (await import('../app/clients/list.js')).listClients(options, io)),
    );
}
