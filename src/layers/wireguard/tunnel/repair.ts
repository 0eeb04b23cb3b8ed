import { bareAddress, hostPort } from '../../../model/address.js';
import { command } from '../../../remote/quote.js';
import type { Change, Disruption } from '../../step.js';
import type { Endpoint, Peer } from '../overlay/types.js';
import { type ConfiguredEndpoints, endpointDrifted } from './endpoint-drift.js';
import type { GonePeer } from './gone-peers.js';
import type { LiveInterface, LivePeer } from './live.js';
import { NUDGE } from './nudge.js';

const NONE: Disruption = { level: 'none' };

/** A peer with the key that its node has now. */
export interface WantedPeer extends Peer {
  readonly publicKey: string;
  /** Where the node keeps the pair's preshared key, and its checksum as LivePeer has it. */
  readonly presharedKey?: { readonly file: string; readonly sha256: string };
  /** Whether WireGuard may have learned a live endpoint (as LivePeer has it) from the peer's own packets. */
  readonly mayHaveLearned: (live: string) => boolean;
}

export interface WantedInterface {
  readonly interface: string;
  readonly port: number;
  readonly mtu: number;
  /** CIDR. */
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly peers: readonly WantedPeer[];
  /** Who a peer was that is not wanted, by its public key; undefined if that is not known. */
  readonly goneFrom?: (publicKey: string) => GonePeer | undefined;
  /** What it means for SSH that a peer of that name and with those AllowedIPs is removed: the end of `ends the tunnel with pc2`. */
  readonly sshOver: (peer: string | undefined, allowedIps: readonly string[]) => string;
}

const endpointText = ({ address, port }: Endpoint): string => hostPort(address, port);

export const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set([...a, ...b]).size === new Set(a).size;

/** What about a live peer is not as wanted; empty when nothing. */
function driftOf(wanted: WantedPeer, live: LivePeer, endpointDrifted: boolean): string[] {
  const drift: string[] = [];
  if (!sameSet(wanted.allowedIps, live.allowedIps)) {
    drift.push(`AllowedIPs ${live.allowedIps.join(', ') || 'none'} -> ${wanted.allowedIps.join(', ')}`);
  }
  if ((wanted.keepalive ?? 0) !== live.keepalive) {
    drift.push(`keepalive ${live.keepalive || 'off'} -> ${wanted.keepalive ?? 'off'}`);
  }
  if (wanted.presharedKey?.sha256 !== live.presharedKey) {
    drift.push(`preshared key -> ${wanted.presharedKey ? 'that of its file' : 'none'}`);
  }
  if (wanted.endpoint && endpointDrifted) {
    drift.push(`endpoint ${live.endpoint ?? 'none'} -> ${endpointText(wanted.endpoint)}`);
  }
  return drift;
}

function setPeerScript(
  name: string,
  peer: WantedPeer,
  live: LivePeer | undefined,
  withEndpoint: boolean,
): string {
  const words = ['wg', 'set', name, 'peer', peer.publicKey, 'allowed-ips', peer.allowedIps.join(',')];
  if (peer.endpoint && withEndpoint) words.push('endpoint', endpointText(peer.endpoint));
  words.push('persistent-keepalive', String(peer.keepalive ?? 0));
  const unset = live?.presharedKey === undefined ? undefined : '/dev/null';
  const shared = peer.presharedKey?.file ?? unset;
  if (shared !== undefined) words.push('preshared-key', shared);
  return command(...words);
}

const shortKey = (publicKey: string): string => `${publicKey.slice(0, 8)}…`;

function removal(
  { interface: name, goneFrom, sshOver }: WantedInterface,
  { publicKey, allowedIps }: LivePeer,
): Change {
  const gone = goneFrom?.(publicKey);
  const who = gone?.name ?? shortKey(publicKey);
  const ranges = allowedIps.join(', ') || 'no AllowedIPs';
  const felt = `${gone?.returns ? 'interrupts' : 'ends'} the tunnel with ${who}`;
  return {
    summary: `remove peer ${who} (${ranges}): ${gone?.why ?? 'no node has this key'}`,
    disruption: { level: 'brief', detail: `${felt} ${sshOver(gone?.name, allowedIps)}` },
    script: command('wg', 'set', name, 'peer', publicKey, 'remove'),
  };
}

/** What follows a command: calls peers, which answer from where they were called and learn from where they are. */
function thenCall(peers: readonly WantedPeer[]): string {
  const addresses = peers.flatMap((peer) => peer.addresses);
  return addresses.length === 0 ? '' : ` || exit\n${NUDGE}${command('nudge', ...addresses)} || :`;
}

/** The peers that the running interface can call. */
function callable({ peers }: WantedInterface, live: LiveInterface): readonly WantedPeer[] {
  const called = new Set(
    live.peers.filter(({ endpoint }) => endpoint !== undefined).map((peer) => peer.publicKey),
  );
  return peers.filter(({ publicKey }) => called.has(publicKey));
}

function repairPeers(
  wanted: WantedInterface,
  live: LiveInterface,
  configured: ConfiguredEndpoints | undefined,
): Change[] {
  const name = wanted.interface;
  const liveByKey = new Map(live.peers.map((peer) => [peer.publicKey, peer]));
  const wantedKeys = new Set(wanted.peers.map(({ publicKey }) => publicKey));
  const removed = live.peers
    .filter(({ publicKey }) => !wantedKeys.has(publicKey))
    .map((peer) => removal(wanted, peer));
  const set = wanted.peers.flatMap((peer): Change[] => {
    const livePeer = liveByKey.get(peer.publicKey);
    if (!livePeer) {
      return [
        {
          summary: `add peer ${peer.node}`,
          disruption: NONE,
          script: setPeerScript(name, peer, undefined, true),
        },
      ];
    }
    const moved = endpointDrifted(peer, livePeer, { now: live.now, configured });
    const drift = driftOf(peer, livePeer, moved);
    if (drift.length === 0) return [];
    const wasElsewhere = !sameSet(peer.allowedIps, livePeer.allowedIps);
    return [
      {
        summary: `set peer ${peer.node}: ${drift.join('; ')}`,
        disruption: NONE,
        script: `${setPeerScript(name, peer, livePeer, wasElsewhere || moved)}${moved ? thenCall([peer]) : ''}`,
        // A packet that the peer has sent before it moved itself teaches WireGuard the old endpoint again.
        ...(moved && drift.length === 1 && { recurs: true }),
      },
    ];
  });
  return [...removed, ...set];
}

const familyOf = (cidr: string): string => (cidr.includes(':') ? '-6' : '-4');
const missingFrom = (have: readonly string[], want: readonly string[]): string[] =>
  want.filter((item) => !have.includes(item));

/** The same address with another prefix length. Of IPv6 there can't be both at a time. */
function changePrefix(name: string, from: string, to: string): Change {
  const family = familyOf(from);
  const add = command('ip', family, 'address', 'add', to, 'dev', name);
  const del = command('ip', family, 'address', 'del', from, 'dev', name);
  return {
    summary: `change address ${from} of ${name} to ${to}`,
    disruption: NONE,
    script: family === '-6' ? `${del} && ${add}` : `${add} && ${del}`,
  };
}

function repairLists(wanted: WantedInterface, live: LiveInterface): Change[] {
  const name = wanted.interface;
  const change = (summary: string, disruption: Disruption, ...words: string[]): Change => ({
    summary,
    disruption,
    script: command('ip', ...words, 'dev', name),
  });
  const added = missingFrom(live.addresses, wanted.addresses);
  const removed = missingFrom(wanted.addresses, live.addresses);
  const twinOf = (address: string, others: readonly string[]): string | undefined =>
    others.find((other) => bareAddress(other) === bareAddress(address));
  // Routes before addresses: with an address goes the kernel's route to its range.
  return [
    ...added
      .filter((a) => twinOf(a, removed) === undefined)
      .map((a) => change(`add address ${a} to ${name}`, NONE, familyOf(a), 'address', 'add', a)),
    ...missingFrom(live.routes, wanted.routes).map((r) =>
      change(`add route ${r} to ${name}`, NONE, familyOf(r), 'route', 'replace', r),
    ),
    ...removed.map((a) => {
      const twin = twinOf(a, added);
      const felt: Disruption = { level: 'brief', detail: `sessions to ${a} end` };
      return twin === undefined
        ? change(`remove address ${a} from ${name}`, felt, familyOf(a), 'address', 'del', a)
        : changePrefix(name, a, twin);
    }),
    ...missingFrom(wanted.routes, live.routes).map((r) =>
      change(
        `remove route ${r} from ${name}`,
        { level: 'brief', detail: `sessions over ${r} end` },
        familyOf(r),
        'route',
        'del',
        r,
      ),
    ),
  ];
}

export interface RepairRequest {
  readonly wanted: WantedInterface;
  readonly live: LiveInterface;
  /** Public key of the key file. */
  readonly ownKey: string | undefined;
  /** Of the config as it is on the node before anything is changed; undefined if there is none. */
  readonly configured: ConfiguredEndpoints | undefined;
}

/** Everything that the running interface lacks, each change made in place: nothing here restarts it. */
export function repairInterface({ wanted, live, ownKey, configured }: RepairRequest): Change[] {
  const name = wanted.interface;
  const changes: Change[] = [];
  if (live.publicKey !== (ownKey ?? '')) {
    changes.push({
      summary: `give ${name} the private key of its key file`,
      disruption: { level: 'brief', detail: 'every session of this node is renewed' },
      script: command('wg', 'set', name, 'private-key', `/etc/wireguard/${name}.key`),
    });
  }
  if (live.port !== wanted.port) {
    changes.push({
      summary: `move ${name} from UDP port ${live.port} to ${wanted.port}`,
      disruption: { level: 'brief', detail: 'a packet is sent to each peer from the new port' },
      // A peer that isn't called goes on sending to the old port for as long as a session lasts.
      script: command('wg', 'set', name, 'listen-port', wanted.port) + thenCall(callable(wanted, live)),
    });
  }
  if (live.mtu !== wanted.mtu) {
    changes.push({
      summary: `set the MTU of ${name}: ${live.mtu} -> ${wanted.mtu}`,
      disruption: NONE,
      script: command('ip', 'link', 'set', 'mtu', wanted.mtu, 'dev', name),
    });
  }
  return [...changes, ...repairPeers(wanted, live, configured), ...repairLists(wanted, live)];
}
