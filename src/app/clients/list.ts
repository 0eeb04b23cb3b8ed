import { BridgeheadError, EXIT } from '../../core/errors.js';
import { ledgerKey } from '../../layers/wireguard/clients/ledger.js';
import type { Inventory, Network, Node } from '../../model/inventory.js';
import { type ClientRow, clientListJson, clientListText } from '../../render/clients/list.js';
import { withTransport } from '../ssh-transport.js';
import { type Io, paintFor } from '../terminal/io.js';
import { reportError } from '../terminal/report-error.js';
import { askHub, type HubView } from './hub.js';
import { hubKeysOf, ledgerOf, reasons } from './ledger.js';
import type { ListOptions } from './options.js';
import { open } from './show.js';
import { type Target, targetOf } from './target.js';

/** What a hub answered, or why it did not. */
type Answer = HubView | BridgeheadError;

/** `client list`: every client, and which must scan again. Offline unless `--live`. */
export async function listClients(options: ListOptions, io: Io): Promise<number> {
  const inventory = await open(options, io);
  const answers = options.live === true ? await askAll(inventory, options, io) : new Map<string, Answer>();
  const handed = ledgerOf(inventory, options, io);
  const noted = hubKeysOf(inventory, options, io);
  const targets = inventory.networks.flatMap(({ clients }) =>
    clients.map(({ name }) => targetOf(inventory, name)),
  );
  const rows = targets.map((target): ClientRow => {
    const answer = answers.get(placeOf(target.network, target.hub));
    const seen = answer instanceof BridgeheadError ? undefined : answer;
    const entry = handed.get(ledgerKey(target.network.name, target.client.name));
    return {
      ...target,
      known: entry !== undefined,
      scanAgain:
        entry === undefined
          ? []
          : reasons(target, entry, seen ?? { publicKey: noted.get(placeOf(target.network, target.hub)) }),
      ...(answer && { live: liveOf(target, answer) }),
    };
  });
  const paint = paintFor(io, 'stdout', options.color);
  if (options.json === true) io.stdout.write(`${JSON.stringify(clientListJson(rows), null, 2)}\n`);
  else io.stdout.write(clientListText(rows, paint));
  const failed = [...answers.values()].filter((answer) => answer instanceof BridgeheadError);
  const report = {
    write: (text: string) => void io.stderr.write(text),
    paint: paintFor(io, 'stderr', options.color),
    verbose: options.verbose === true,
  };
  const exits = failed.map((error, index) =>
    reportError(error, { ...report, explain: io.stderr.isTTY === true && index === failed.length - 1 }),
  );
  return Math.max(EXIT.go, ...exits);
}

async function askAll(inventory: Inventory, options: ListOptions, io: Io): Promise<Map<string, Answer>> {
  const hubs = inventory.networks.flatMap((network) => {
    const called = new Set(network.clients.map(({ name }) => network.hubOf[name]));
    return inventory.nodes.filter(({ name }) => called.has(name)).map((hub) => ({ network, hub }));
  });
  return withTransport(inventory, options, io, async (transport, signal) => {
    const asked = hubs.map(async ({ network, hub }): Promise<[string, Answer]> => {
      try {
        return [placeOf(network, hub), await askHub(transport, hub, network, signal)];
      } catch (error) {
        if (!(error instanceof BridgeheadError) || signal.aborted) throw error;
        return [placeOf(network, hub), error.at({ node: hub.name })];
      }
    });
    return new Map(await Promise.all(asked));
  });
}

function placeOf(network: Network, hub: Node): string {
  return `${network.name}/${hub.name}`;
}

function liveOf({ client }: Target, answer: Answer): NonNullable<ClientRow['live']> {
  if (answer instanceof BridgeheadError) return { kind: 'unreachable' };
  const peer = client.publicKey === undefined ? undefined : answer.peers.get(client.publicKey);
  if (peer === undefined) return { kind: 'absent' };
  if (peer.latestHandshake === 0) return { kind: 'never' };
  return { kind: 'seen', ago: Math.max(0, answer.now - peer.latestHandshake) };
}
