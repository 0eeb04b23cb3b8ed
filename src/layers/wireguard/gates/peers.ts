import { count } from '../../../core/text.js';
import { hostPort } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import { END_LINE, fromLines, integer, type Lines, numbered } from '../../../remote/reply-lines.js';
import { lines, type Script, sh } from '../../../remote/script.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { listing } from '../../shared/listing.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { publicKeyFact } from '../facts.js';
import { keyPath, readOwnKey } from '../keys/private-key.js';
import { HANDSHAKE_LIFETIME, mayBeLearned } from '../overlay/learned.js';
import { peersOf } from '../overlay/peers.js';
import type { Peer } from '../overlay/types.js';
import { readInterface } from '../tunnel/readings.js';
import { findingsIn, type InNetwork, networksOn } from './shared/members.js';

interface LivePeer {
  readonly publicKey: string;
  /** As `wg show` prints it; `(none)` if it has none. */
  readonly endpoint: string;
  /** Whether it has shaken hands, but not recently. */
  readonly hasGoneSilent: boolean;
  /** CIDR. */
  readonly allowedIps: readonly string[];
}

interface Seen {
  /** Public key of the interface; `none` if there is no interface or it has no key. */
  readonly live: string;
  /** Public key of the key file. */
  readonly file: string;
  readonly peers: readonly LivePeer[];
}

/** More than any interface has. */
const LINES = 100_000;

function probeNetwork(network: Network, number: number): Script {
  return sh`${readOwnKey('own', network.interface)}
echo "file ${number} $own"
${readInterface('live', network.interface)}
${listing({ variable: 'live', prefix: `live ${number}`, limit: LINES, more: `cut ${number}` })}`;
}

function parseNetwork(lines: Lines, number: number): Seen {
  const own = (word: string) => numbered(lines, word, number);
  const live = (word: string): readonly (readonly string[])[] =>
    own('live')
      .filter(([first]) => first === word)
      .map((line) => line.slice(1));
  const now = integer(live('@now')[0]?.[0] ?? '0');
  return {
    live: live('@interface')[0]?.[0] ?? 'none',
    file: own('file')[0]?.[0] ?? 'none',
    peers: live('@peer').map(([publicKey = '', endpoint = '', shake = '0', _keepalive, ...allowedIps]) => ({
      publicKey,
      endpoint,
      hasGoneSilent: integer(shake) > 0 && now - integer(shake) > HANDSHAKE_LIFETIME,
      allowedIps: allowedIps.filter((range) => range !== '(none)'),
    })),
  };
}

const sorted = (ranges: readonly string[]): string => [...ranges].sort().join(', ') || 'none';
const FIX =
  'apply the phase that makes the tunnel (`bridgehead apply --phase tunnel`): it repairs peers without a restart';

class NetworkJudge {
  readonly #context: GateContext<NetworkParams>;
  readonly #network: Network;
  readonly #node: string;
  readonly #seen: Seen;
  readonly #byKey: ReadonlyMap<string, LivePeer>;

  constructor(context: GateContext<NetworkParams>, network: Network, node: string, seen: Seen) {
    this.#context = context;
    this.#network = network;
    this.#node = node;
    this.#seen = seen;
    this.#byKey = new Map(seen.peers.map((peer) => [peer.publicKey, peer]));
  }

  findings(): readonly Finding[] {
    const wanted = peersOf(this.#context.inventory, this.#network, this.#node);
    const pairs = wanted.map((peer) => this.#pair(peer));
    const known = new Set(wanted.map((peer) => this.#keyOf(peer)));
    const foreign = this.#seen.peers.filter(({ publicKey }) => !known.has(publicKey));
    return [...this.#ownKey(), ...pairs, ...foreign.map((peer) => this.#foreign(peer))];
  }

  /** A client's key is in the inventory, a node's is read from the node. */
  #keyOf({ node, publicKey }: Pick<Peer, 'node' | 'publicKey'>): string | undefined {
    return publicKey ?? this.#context.facts.get(node, publicKeyFact(this.#network.interface));
  }

  /** The member or client that has the key. */
  #ownerOf(publicKey: string): string | undefined {
    const clients = this.#network.clients.map(({ name, publicKey: key }) => ({ node: name, publicKey: key }));
    const known = [...this.#network.members.map(({ node }) => ({ node })), ...clients];
    return known.find((one) => this.#keyOf(one) === publicKey)?.node;
  }

  #ownKey(): readonly Finding[] {
    const { live, file } = this.#seen;
    const name = this.#network.interface;
    const base = { node: this.#node, expected: `${name} uses the key in ${keyPath(name)}` };
    if (live !== 'none' && live !== '(none)' && live === file) return [{ ...base, go: true, seen: live }];
    const seen =
      live === 'none'
        ? `no interface ${name}`
        : live === '(none)'
          ? `${name} has no key`
          : `it uses ${live}, the file has ${file}`;
    return [{ ...base, go: false, seen, fix: FIX }];
  }

  #pair(wanted: Peer): Finding {
    const { node: peer, addresses, allowedIps } = wanted;
    const base = { node: this.#node, peer, expected: `has ${peer}'s public key for ${sorted(allowedIps)}` };
    const key = this.#keyOf(wanted);
    if (key === undefined) {
      const fix = `apply the phase that makes the keys, including ${peer}`;
      return { ...base, go: false, seen: `the public key of ${peer} is unknown`, fix };
    }
    const own = this.#byKey.get(key);
    if (own && sorted(own.allowedIps) === sorted(allowedIps)) {
      return this.#astray(wanted, own) ?? { ...base, go: true, seen: 'as expected' };
    }
    const routes = addresses.map((address) => `${address}/`);
    const holder = this.#seen.peers.find(({ allowedIps: ranges }) =>
      ranges.some((range) => routes.some((route) => range.startsWith(route))),
    );
    if (holder && holder.publicKey !== key)
      return { ...base, go: false, seen: this.#mixUp(peer, holder, own), fix: FIX };
    const seen = own ? `AllowedIPs ${sorted(own.allowedIps)}` : 'no such peer';
    return { ...base, go: false, seen, fix: FIX };
  }

  /** A STOP if WireGuard sends to an endpoint that is not the inventory's and that the peer can't have sent from. */
  #astray(wanted: Peer, { endpoint: live, hasGoneSilent }: LivePeer): Finding | undefined {
    const { node: peer, endpoint } = wanted;
    if (endpoint === undefined) return undefined;
    const right = hostPort(endpoint.address, endpoint.port);
    const isLearned = mayBeLearned(this.#context.inventory, this.#network, {
      on: this.#node,
      peer: wanted,
      live,
      hasGoneSilent,
    });
    if (live === right || (live !== '(none)' && isLearned)) return undefined;
    return {
      go: false,
      node: this.#node,
      peer,
      expected: `sends to ${peer} at ${right}`,
      seen: live === '(none)' ? 'it has no endpoint' : `it sends to ${live}`,
      fix: FIX,
    };
  }

  #mixUp(peer: string, holder: LivePeer, own: LivePeer | undefined): string {
    const owner = this.#ownerOf(holder.publicKey);
    if (owner === undefined) return `has a public key that no node has: ${holder.publicKey}`;
    const { members, clients } = this.#network;
    const others =
      members.find(({ node }) => node === owner)?.addresses ??
      clients.find(({ name }) => name === owner)?.addresses ??
      [];
    const swapped = own?.allowedIps.some((range) =>
      others.some((address) => range.startsWith(`${address}/`)),
    );
    return `has ${owner}'s public key${swapped ? ` (swapped with ${owner})` : ` for ${peer}`}`;
  }

  #foreign({ publicKey, allowedIps }: LivePeer): Finding {
    const owner = this.#ownerOf(publicKey);
    const who = owner === undefined ? `an unknown peer ${publicKey}` : `${owner} (${publicKey})`;
    return {
      go: false,
      node: this.#node,
      ...(owner !== undefined && owner !== this.#node ? { peer: owner } : {}),
      expected: 'only the wanted peers',
      seen: `${who} with AllowedIPs ${sorted(allowedIps)}`,
      fix: FIX,
    };
  }
}

/**
 * Each node's live peers are exactly those wanted, each with its node's real key, its own addresses and a plausible
 * endpoint.
 */
export const peers: GateKind<NetworkParams, readonly InNetwork<Seen>[]> = {
  kind: 'peers',
  readsKeys: true,
  schema: parameters(networkParameter),
  patience: 0,

  probe(context, node) {
    return {
      script: lines(...networksOn(context, node.name).map(probeNetwork), `echo ${END_LINE}`, ''),
      parse: fromLines((lines) =>
        networksOn(context, node.name).map((network, number) => ({
          network,
          seen: parseNetwork(lines, number),
        })),
      ),
    };
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, networks]) =>
      findingsIn(context, node, networks, (network, seen) =>
        new NetworkJudge(context, network, node, seen).findings(),
      ),
    );
    const pairs = findings.filter(({ peer }) => peer !== undefined);
    return conclude(readings, findings, () => {
      const right = pairs.filter(({ go }) => go).length;
      const foreign = findings.filter(({ go, peer }) => !go && peer === undefined).length;
      return `${right} of ${count(pairs.length, 'peer')} right${foreign > 0 ? `, ${count(foreign, 'other problem')}` : ''}`;
    });
  },
};
