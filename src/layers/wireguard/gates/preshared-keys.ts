import { count } from '../../../core/text.js';
import type { Network } from '../../../model/inventory.js';
import { quote } from '../../../remote/quote.js';
import { END_LINE, fromLines, GarbledReply, type Lines, numbered } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { publicKeyFact } from '../facts.js';
import { presharedKeyFile } from '../keys/preshared-files.js';
import { peersOf, sharesKey } from '../overlay/peers.js';
import type { Peer } from '../overlay/types.js';
import { inNetwork, networksOn, notAMember } from './shared/members.js';

interface SeenFile {
  /** `600 root`. */
  readonly mode: string;
  readonly sum: string;
}

interface Seen {
  /** Checksum of the key that WireGuard uses, by the peer's public key; `none` if it uses none. */
  readonly live: ReadonlyMap<string, string>;
  /** By the peer's name. */
  readonly files: ReadonlyMap<string, SeenFile>;
}

const KEYS_FIX = 'apply the phases that make the keys and the tunnel (`bridgehead apply`)';

const hasShared = ({ presharedKeys, unmanaged }: Network): boolean =>
  presharedKeys || unmanaged.some((peer) => peer.presharedKey);

function sharedOn(context: GateContext<NetworkParams>, node: string): readonly Network[] {
  return networksOn(context, node).filter(hasShared);
}

/** The peers of a node that it shares a key with. */
function sharersOf(
  { inventory }: GateContext<NetworkParams>,
  network: Network,
  node: string,
): readonly Peer[] {
  return peersOf(inventory, network, node).filter((peer) => sharesKey(network, peer));
}

/** The keys stay on the node: only their checksums are printed. */
function probeNetwork(network: Network, peers: readonly Peer[], number: number): string {
  const name = quote(network.interface);
  const files = peers.map(({ node }) => {
    const file = quote(presharedKeyFile(network.interface, node));
    return `if [ -f ${file} ]; then key= ; read -r key <${file}; echo "file ${number} "${quote(node)}" $(stat -c '%a %U' ${file}) $(sum "$key")"; fi`;
  });
  return `wg show ${name} preshared-keys 2>/dev/null | while read -r peer key; do
[ "$key" = '(none)' ] && seen=none || seen=$(sum "$key")
echo "live ${number} $peer $seen"
done
${files.join('\n')}`;
}

const SUM = `sum() {
seen=$(printf %s "$1" | sha256sum)
echo "\${seen%% *}"
}`;

function parseNetwork(lines: Lines, number: number): Seen {
  const own = (word: string) => numbered(lines, word, number);
  return {
    live: new Map(own('live').map(([key = '', sum = '']) => [key, sum])),
    files: new Map(
      own('file').map(([peer = '', mode = '', owner = '', sum = '']) => [
        peer,
        { mode: `${mode} ${owner}`, sum },
      ]),
    ),
  };
}

interface Ends {
  readonly own: Seen;
  /** The peer's key for this node; undefined if the peer isn't measured, or is a client. */
  readonly theirs: SeenFile | undefined;
}

function judge(
  context: GateContext<NetworkParams>,
  network: Network,
  node: string,
  peer: Peer,
  { own, theirs }: Ends,
): Finding {
  const path = presharedKeyFile(network.interface, peer.node);
  const base = {
    node,
    peer: peer.node,
    expected: inNetwork(context, network, `one preshared key, known only to ${node} and ${peer.node}`),
  };
  const stop = (seen: string, fix = KEYS_FIX): Finding => ({ ...base, go: false, seen, fix });
  const file = own.files.get(peer.node);
  if (file === undefined) return stop(`no file ${path}`);
  if (file.mode !== '600 root') {
    const fix = `chown root ${path} && chmod 600 ${path}; if others may have read it, make a new one: \`bridgehead rotate psk --pair ${node},${peer.node}\``;
    return stop(`mode and owner of ${path} are ${file.mode}`, fix);
  }
  const key = peer.publicKey ?? context.facts.get(peer.node, publicKeyFact(network.interface));
  if (key === undefined) return stop(`the public key of ${peer.node} is unknown`);
  const live = own.live.get(key);
  if (live === undefined) return stop(`${peer.node} is not a peer of ${network.interface}`);
  if (live !== file.sum) {
    return stop(
      live === 'none'
        ? `${network.interface} uses none`
        : `${network.interface} uses a different one than ${path}`,
    );
  }
  if (theirs !== undefined && theirs.sum !== file.sum) return stop(`${peer.node} has a different one`);
  const seen =
    theirs === undefined ? `in use; ${peer.node}'s half was not checked` : 'in use, the same on both';
  return { ...base, go: true, seen };
}

/** Each pair of peers uses its own preshared key, the same on both sides, if the network has them. */
export const presharedKeys: GateKind<NetworkParams, ReadonlyMap<Network, Seen>> = {
  kind: 'preshared-keys',
  readsKeys: true,
  schema: parameters(networkParameter),
  patience: 0,

  concerns(_inventory, networks) {
    return networks.some(hasShared);
  },

  probe(context, node) {
    const networks = sharedOn(context, node.name);
    const parts = networks.map((network, number) =>
      probeNetwork(network, sharersOf(context, network, node.name), number),
    );
    return {
      script: [...(parts.length > 0 ? [SUM] : []), ...parts, `echo ${END_LINE}`, ''].join('\n'),
      parse: fromLines((lines) => {
        const strange = lines.find(([word = '']) => word !== 'live' && word !== 'file');
        if (strange !== undefined) throw new GarbledReply(`"${strange[0]}" is not a reply`);
        return new Map(
          sharedOn(context, node.name).map((network, number) => [network, parseNetwork(lines, number)]),
        );
      }),
    };
  },

  verdict(context, readings) {
    const pairs: Finding[] = [];
    const others: Finding[] = [];
    for (const [node, networks] of readings.seen) {
      const before = pairs.length;
      for (const [network, own] of networks) {
        for (const peer of sharersOf(context, network, node)) {
          const theirs = readings.seen.get(peer.node)?.get(network)?.files.get(node);
          pairs.push(judge(context, network, node, peer, { own, theirs }));
        }
      }
      if (pairs.length > before) continue;
      others.push(
        networksOn(context, node).length === 0
          ? notAMember(node)
          : { go: true, node, expected: 'nothing to share', seen: 'no network with presharedKeys' },
      );
    }
    return conclude(readings, [...others, ...pairs], () => {
      const shared = pairs.filter(({ go }) => go).length;
      return pairs.length === 0
        ? 'none wanted'
        : `${shared} of ${count(pairs.length, 'peer')} with a preshared key`;
    });
  },
};
