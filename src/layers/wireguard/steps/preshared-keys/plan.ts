import { posix } from 'node:path';
import type { Network } from '../../../../model/inventory.js';
import { command, quote } from '../../../../remote/quote.js';
import type { PairSecret } from '../../../pair-secrets.js';
import { writeFileScript } from '../../../shared/atomic-write.js';
import type { Change, Disruption, Facts } from '../../../step.js';
import { presharedFolder, presharedKeyFile } from '../../keys/preshared-files.js';
import { peersOf, sharesKey } from '../../overlay/peers.js';
import type { Peer } from '../../overlay/types.js';
import { agreedOn } from './agreement.js';
import type { PresharedKeysContext, PresharedKeysSeen, SeenPresharedKey } from './seen.js';

const NONE: Disruption = { level: 'none' };
const MODE = '600 root root';
const NEW_SESSIONS = 'WireGuard uses it from the next handshake on';

/** The script contains the key, which reaches the node on standard input and is in no command's arguments. */
function writeKey(path: string, { key }: PairSecret): string {
  const folder = command('mkdir', '-p', posix.dirname(path));
  return `${folder} && ${writeFileScript({ path, content: `${key.reveal()}\n`, mode: '0600', owner: 'root', group: 'root' })}`;
}

function planPeer(
  { node, secrets }: PresharedKeysContext,
  network: Network,
  peer: Peer,
  own: SeenPresharedKey | undefined,
  facts: Facts,
): Change[] {
  const path = presharedKeyFile(network.interface, peer.node);
  const secret = secrets.made(network.name, node.name, peer.node);
  const agreed = secret?.sha256 ?? agreedOn(node.name, network, peer, own, facts);
  if (own?.from !== undefined && own.sha256 === agreed) {
    return [
      {
        summary: `move the preshared key for ${peer.node} to ${path}, unchanged`,
        disruption: NONE,
        script: `${command('mkdir', '-p', posix.dirname(path))} && ${command('chmod', '600', own.from)} && ${command('ln', '-f', own.from, path)}`,
      },
    ];
  }
  if (own !== undefined && own.sha256 === agreed) {
    if (own.mode === MODE) return [];
    return [
      {
        summary: `make ${path} readable only by root (it is ${own.mode})`,
        disruption: NONE,
        script: `${command('chown', 'root:root', path)} && ${command('chmod', '600', path)}`,
      },
    ];
  }
  if (secret) {
    return [
      {
        summary: `write a new preshared key for ${peer.node}${peer.client ? ', which needs a new configuration' : ''}`,
        disruption: { level: 'none', detail: NEW_SESSIONS },
        script: writeKey(path, secret),
      },
    ];
  }
  // With a key of its own, though not the peer's, the rest of the node's interface works; the gate reports the pair. So it
  // does without a peer that can't be reached.
  if (own !== undefined || facts.isAbsent?.(peer.node)) return [];
  const why = peer.unmanaged
    ? `${path} is missing: it holds the preshared key of ${peer.node}`
    : `${peer.node} needs the same preshared key, and this run may not change it`;
  return [
    {
      summary: `share a preshared key with ${peer.node}`,
      disruption: NONE,
      script: `echo ${quote(why)} >&2; exit 1`,
    },
  ];
}

/** What one network of a node needs: keys that are moved, protected, written and removed. */
export function planNetwork(
  context: PresharedKeysContext,
  network: Network,
  seen: PresharedKeysSeen,
  facts: Facts,
): Change[] {
  const name = network.interface;
  const peers = peersOf(context.inventory, network, context.node.name).filter((peer) =>
    sharesKey(network, peer),
  );
  const wanted = new Set(peers.map((peer) => presharedKeyFile(name, peer.node)));
  const folder = `${presharedFolder(name)}/`;
  const surplus = [...seen.keys()].filter(
    (path) => path.startsWith(folder) && !wanted.has(path) && seen.get(path)?.from === undefined,
  );
  return [
    ...peers.flatMap((peer) => {
      const own = seen.get(presharedKeyFile(name, peer.node));
      return planPeer(context, network, peer, own, facts);
    }),
    ...(surplus.length === 0
      ? []
      : [
          {
            summary: `remove the preshared key${surplus.length > 1 ? 's' : ''} for ${surplus.map((path) => path.slice(folder.length)).join(', ')}`,
            disruption: NONE,
            script: command('rm', '-f', ...surplus),
          },
        ]),
  ];
}
