import type { Command } from 'commander';
import type {
  AddOptions,
  ClientOptions,
  HandingOptions,
  ListOptions,
  ShowOptions,
} from '../../app/clients/options.js';
import type { CommandHost } from '../host.js';
import { addChangeOptions, addDeliveryOptions, addHubOptions, addWishOptions } from './client-options.js';

export function addClientCommands(program: Command, host: CommandHost): void {
  const client = program
    .command('client')
    .summary('phones and laptops without SSH: add, show, rekey, revoke, list')
    .description(
      'Clients are devices that get a WireGuard configuration, or its QR code, and connect to a hub. Their keys are made ' +
        'here: the private key is shown once and stored nowhere; the public key goes into the inventory and to the hub.',
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
  const NAME = 'name of the client';
  const changing = (...examples: readonly string[]) =>
    host.footer(examples, ['go', 'badInput', 'stop', 'unreachable', 'locked', 'stepFailed', 'interrupted']);
  const reading = (...examples: readonly string[]) =>
    host.footer(examples, ['go', 'badInput', 'unreachable', 'stepFailed', 'interrupted']);

  addDeliveryOptions(addWishOptions(addChangeOptions(client.command('add'))))
    .argument('<name>', NAME)
    .summary('add a client: address, keys, peer on the hub, configuration')
    .description(
      'Picks a free address, makes the keys, adds the peer to the running hub without cutting anyone off, writes the ' +
        'client into the inventory, and shows its QR code once. If the hub cannot be changed, nothing is changed.',
    )
    .addHelpText(
      'after',
      changing(
        'bridgehead client add tablet',
        'bridgehead client add laptop --tunnel full --dns 1.1.1.1 --conf laptop.conf --yes',
        'bridgehead client add guest --reach internet --qr',
      ),
    )
    .action((name: string, options: AddOptions) =>
      host.act(async (io) => (await import('../../app/clients/keys.js')).addNewClient(name, options, io)),
    );
  addDeliveryOptions(addHubOptions(client.command('show')))
    .argument('<client>', NAME)
    .option('--kept <file>', 'use the keys of a configuration that you kept')
    .summary('show the current configuration, without its secrets')
    .description(
      'Gets the public key from the hub and shows the configuration without its secrets, and why the client must scan ' +
        'again, if it must. With --kept, the secrets from your old configuration go into the new one: --qr, --conf, --png.',
    )
    .addHelpText(
      'after',
      reading(
        'bridgehead client show tablet',
        'bridgehead client show laptop --kept old.conf --conf new.conf',
      ),
    )
    .action((name: string, options: ShowOptions) =>
      host.act(async (io) => (await import('../../app/clients/show.js')).showClient(name, options, io)),
    );
  addDeliveryOptions(addChangeOptions(client.command('rekey')))
    .argument('<client>', NAME)
    .summary('make new keys for a client, or its first ones')
    .description(
      'Makes new keys for one client, gives them to the hub, and shows the QR code once. The old keys stop working.',
    )
    .addHelpText(
      'after',
      changing('bridgehead client rekey tablet', 'bridgehead client rekey laptop --conf laptop.conf --yes'),
    )
    .action((name: string, options: HandingOptions) =>
      host.act(async (io) => (await import('../../app/clients/keys.js')).rekeyClient(name, options, io)),
    );
  addChangeOptions(client.command('revoke'))
    .argument('<client>', NAME)
    .summary('remove a client from the hub and the inventory')
    .description(
      'Removes the peer from the running hub without cutting anyone else off, and the client from the inventory. Its ' +
        'address is free again.',
    )
    .addHelpText('after', changing('bridgehead client revoke tablet'))
    .action((name: string, options: ClientOptions) =>
      host.act(async (io) => (await import('../../app/clients/revoke.js')).revokeClient(name, options, io)),
    );
  addHubOptions(client.command('list'))
    .option('--live', 'get the last handshakes from the hubs')
    .summary('list every client, and which must scan again')
    .description(
      'Lists the clients of all networks, and which must scan again and why. Connects to nothing without --live.',
    )
    .addHelpText('after', reading('bridgehead client list', 'bridgehead client list --live --json'))
    .action((options: ListOptions) =>
      host.act(async (io) => (await import('../../app/clients/list.js')).listClients(options, io)),
    );
}
