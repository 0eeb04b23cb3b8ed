import { posix } from 'node:path';
import type { Network } from '../../../model/inventory.js';
import { inParts, mapped, type Question, when } from '../../../remote/question.js';
import { command, quote } from '../../../remote/quote.js';
import { lines } from '../../../remote/script.js';
import type { KeyedPair, PairSecret } from '../../pair-secrets.js';
import { writeFileScript } from '../../shared/atomic-write.js';
import { explainUnwritable, mustSucceed } from '../../shared/failures.js';
import { networkStepSchema } from '../../shared/schema.js';
import type { Change, Disruption, Facts, StepContext, StepKind } from '../../step.js';
import { presharedKeyFact } from '../facts.js';
import { presharedKeyFile } from '../overlay/config.js';
import { peersOf, sharesKey } from '../overlay/peers.js';
import type { Peer } from '../overlay/types.js';
import { interfaceOwnership } from '../ownership/claims.js';
import { type KeptPresharedKey, keptPresharedKeysFact } from '../retire/aside.js';
import { previousOf } from '../retire/ours.js';
import { type Left, leftFact } from '../retire/probe.js';

export interface PresharedKeysParams {
  readonly network?: string;
}

export interface SeenPresharedKey {
  /** `600 root root`. */
  readonly mode: string;
  /** Hexadecimal, of the key without the end of its line. */
  readonly sha256: string;
  /**
   * Where it is until it is moved: under the former name of the network's interface, or with the keys of retired networks.
   */
  readonly from?: string;
}

/** By the path of the file. */
export type PresharedKeysSeen = ReadonlyMap<string, SeenPresharedKey>;

type Context = StepContext<PresharedKeysParams>;

const NONE: Disruption = { level: 'none' };
const MODE = '600 root root';
const NEW_SESSIONS = 'WireGuard uses it from the next handshake on';

const folderOf = (name: string): string => presharedKeyFile(name, '').replace(/\/$/, '');

/** Prints each key's checksum; the keys stay. */
function probeFolder(name: string): string {
  return `for file in ${quote(folderOf(name))}/*; do
[ -f "$file" ] || continue
key=$(cat "$file")
sum=$(printf %s "$key" | sha256sum)
echo "$(stat -c '%a %U %G' "$file") \${sum%% *} $file"
done`;
}

/** The preshared keys that are in place, by path. */
function ownKeys(interfaces: readonly string[]): Question<PresharedKeysSeen> {
  return {
    script: lines(...interfaces.map(probeFolder), ':'),
    parse: ({ stdout }) => {
      const found = stdout.split('\n').map((line) => /^(\d+ \S+ \S+) ([0-9a-f]{64}) (\/.*)$/.exec(line));
      return new Map(
        found.flatMap((match): [string, SeenPresharedKey][] => {
          const [, mode = '', sha256 = '', path] = match ?? [];
          return path === undefined ? [] : [[path, { mode, sha256 }]];
        }),
      );
    },
  };
}

/** The keys of networks whose interface was given another name, by the paths that they are to have. */
function carried(
  { inventory, node, networks }: Context,
  left: readonly Left[],
): [string, SeenPresharedKey][] {
  if (left.length === 0) return [];
  return networks.flatMap((network) => {
    const previous = previousOf({ inventory, network, node: node.name }, left);
    return (previous?.presharedKeys ?? []).map(({ path, mode, sha256 }): [string, SeenPresharedKey] => [
      presharedKeyFile(network.interface, posix.basename(path)),
      { mode, sha256, from: path },
    ]);
  });
}

/** The keys of networks that were retired here and are back, by the paths that they are to have. */
function back({ networks }: Context, kept: readonly KeptPresharedKey[]): [string, SeenPresharedKey][] {
  return kept.flatMap(({ network, path, mode, sha256 }): [string, SeenPresharedKey][] => {
    const name = networks.find((one) => one.name === network)?.interface;
    return name === undefined
      ? []
      : [[presharedKeyFile(name, posix.basename(path)), { mode, sha256, from: path }]];
  });
}

/** The script contains the key, which reaches the node on standard input and is in no command's arguments. */
function writeKey(path: string, { key }: PairSecret): string {
  const folder = command('mkdir', '-p', posix.dirname(path));
  return `${folder} && ${writeFileScript({ path, content: `${key.reveal()}\n`, mode: '0600', owner: 'root', group: 'root' })}`;
}

function planPeer(
  { node, secrets }: Context,
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

/** The checksum of the key that both sides have already. A client's key can't be read: its hub's is assumed to be right. */
function agreedOn(
  self: string,
  network: Network,
  peer: Peer,
  own: SeenPresharedKey | undefined,
  facts: Facts,
): string | undefined {
  if (peer.client) return own?.sha256;
  return facts.get(peer.node, presharedKeyFact(network.interface, self)) || undefined;
}

/** The pairs that don't agree on a key, and that no new one was made for yet. */
function unagreed(
  { inventory, node, networks, secrets }: Context,
  seen: PresharedKeysSeen,
  facts: Facts,
): readonly KeyedPair[] {
  return networks
    .filter(({ presharedKeys }) => presharedKeys)
    .flatMap((network) =>
      peersOf(inventory, network, node.name).flatMap((peer): KeyedPair[] => {
        if (peer.unmanaged) return [];
        if (secrets.made(network.name, node.name, peer.node) !== undefined) return [];
        const own = seen.get(presharedKeyFile(network.interface, peer.node));
        const isAgreed = own !== undefined && own.sha256 === agreedOn(node.name, network, peer, own, facts);
        return isAgreed ? [] : [{ network: network.name, nodes: [node.name, peer.node] }];
      }),
    );
}

function planNetwork(context: Context, network: Network, seen: PresharedKeysSeen, facts: Facts): Change[] {
  const name = network.interface;
  const peers = peersOf(context.inventory, network, context.node.name).filter((peer) =>
    sharesKey(network, peer),
  );
  const wanted = new Set(peers.map((peer) => presharedKeyFile(name, peer.node)));
  const surplus = [...seen.keys()].filter(
    (path) =>
      path.startsWith(`${folderOf(name)}/`) && !wanted.has(path) && seen.get(path)?.from === undefined,
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
            summary: `remove the preshared key${surplus.length > 1 ? 's' : ''} for ${surplus.map((path) => path.slice(folderOf(name).length + 1)).join(', ')}`,
            disruption: NONE,
            script: command('rm', '-f', ...surplus),
          },
        ]),
  ];
}

function question(context: Context): Question<PresharedKeysSeen> {
  const { inventory, node, networks } = context;
  const shared = networks.filter(({ presharedKeys }) => presharedKeys);
  const isMissing = [
    'false',
    ...shared.map((network) => `[ ! -d ${quote(folderOf(network.interface))} ]`),
  ].join(' || ');
  const parts = inParts({
    own: ownKeys(networks.map((network) => network.interface)),
    aside: when(isMissing, keptPresharedKeysFact(inventory, node.name)),
    left: when(isMissing, leftFact(inventory, node.name)),
  });
  return mapped(
    parts,
    ({ own, aside, left }) => new Map([...back(context, aside), ...carried(context, left), ...own]),
  );
}

/**
 * A preshared key for each pair of peers, made here in memory, only kept on the two nodes, and unchanged while they agree.
 */
export const presharedKeysStep: StepKind<PresharedKeysParams, PresharedKeysSeen> = {
  kind: 'preshared-keys',
  claims: interfaceOwnership,
  learns: ({ presharedKeys, unmanaged }) => presharedKeys || unmanaged.some((peer) => peer.presharedKey),
  schema: networkStepSchema,
  probe: (context) => mustSucceed(question(context), 'the preshared keys'),
  // An empty fact means that there is none: facts of a run are never removed.
  facts: ({ inventory, node, networks }, seen) =>
    Object.fromEntries(
      networks.flatMap((network) =>
        peersOf(inventory, network, node.name)
          .filter((peer) => sharesKey(network, peer))
          .map((peer) => [
            presharedKeyFact(network.interface, peer.node),
            seen.get(presharedKeyFile(network.interface, peer.node))?.sha256 ?? '',
          ]),
      ),
    ),
  wantedSecrets: unagreed,
  plan: (context, seen, facts) =>
    context.networks.flatMap((network) =>
      planNetwork(context, network, seen, facts).map((change) => ({
        ...change,
        touches: {
          files: peersOf(context.inventory, network, context.node.name).map((peer) =>
            presharedKeyFile(network.interface, peer.node),
          ),
        },
      })),
    ),
  explain: (_context, reply) => {
    const line = /^(.+) needs the same preshared key, and this run may not change it$/m.exec(reply.stderr);
    if (!line) return explainUnwritable(reply);
    return {
      code: 'E_STEP',
      message: line[0],
      fix: `run without --only, or with --only for both nodes of the pair`,
    };
  },
};
