import { type Command, Option } from 'commander';
import {
  addFullOption,
  addInventoryOption,
  addOutputOptions,
  addPlaybookOption,
  collect,
  programTimeout,
  sudoTimeout,
  timeout,
  waitForLock,
} from '../options.js';

/** The options of every client command that may contact a hub. */
export function addHubOptions(command: Command): Command {
  return addOutputOptions(
    addInventoryOption(command)
      .option(
        '--accept-new',
        'trust hosts that known_hosts does not have yet; a changed key is still refused',
      )
      .addOption(timeout)
      .addOption(sudoTimeout)
      .addOption(programTimeout)
      .option(
        '--state-dir <folder>',
        'where to keep the ledger and journals (default: ~/.local/state/bridgehead)',
      ),
  );
}

/** The options of the client commands that change the hub. */
export function addChangeOptions(command: Command): Command {
  return addFullOption(addPlaybookOption(addHubOptions(command)))
    .option('--yes', 'change the hub without asking')
    .addOption(waitForLock);
}

/** How to deliver the configuration. */
export function addDeliveryOptions(command: Command): Command {
  return command
    .option('--qr', 'print the QR code even if standard output is not a terminal (default on a terminal)')
    .option('--conf <file>', 'write the wg-quick configuration to a new file (0600)')
    .option('--png <file>', 'write the QR code to a new image (0600)');
}

/** The properties of a new client. */
export function addWishOptions(command: Command): Command {
  return command
    .option('--network <network>', 'its network; required if several have hubs')
    .addOption(
      listOption('--address <address>', 'its overlay address; one per address family', 'the lowest free'),
    )
    .addOption(
      new Option('--tunnel <how>', 'what goes through the tunnel (default: split)').choices([
        'split',
        'full',
      ]),
    )
    .addOption(listOption('--dns <address>', 'name server to use while the tunnel is up', 'none'))
    .addOption(
      listOption(
        '--reach <what>',
        'all, overlay, lan, internet, a node or a range, these two also with a port, pc2:3000; the hub enforces it',
        'all',
      ),
    )
    .option('--hub <node>', 'the hub that it connects to, if there are several (default: the first)');
}

function listOption(flags: string, text: string, otherwise: string): Option {
  return new Option(flags, text).argParser(collect).default([], otherwise);
}
