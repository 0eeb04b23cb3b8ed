import { unifiedDiff } from '../../../core/diff.js';
import { bareAddress, hostRoute } from '../../../model/address.js';
import { memberOf } from '../../../model/atlas.js';
import type { Network } from '../../../model/inventory.js';
import { byName } from '../../../remote/question.js';
import { command, quote } from '../../../remote/quote.js';
import { writeFileScript } from '../../shared/atomic-write.js';
import { networkStepSchema } from '../../shared/schema.js';
import { startUnit } from '../../shared/start-unit.js';
import type { Change, Disruption, Facts, StepContext, StepKind } from '../../step.js';
import { deleteRules, hooksOf } from '../adopt/hooks.js';
import { presharedKeyFact, publicKeyFact } from '../facts.js';
import { presharedKeyFile } from '../keys/preshared-files.js';
import { renderConfig } from '../overlay/config.js';
import { mayBeLearned } from '../overlay/learned.js';
import { peersOf, routesOf, sharesKey } from '../overlay/peers.js';
import type { Peer } from '../overlay/types.js';
import { interfaceOwnership } from '../ownership/claims.js';
import { type OwnerRecord, recordOf, recordPath } from '../ownership/record.js';
import { recordScript } from '../ownership/write-record.js';
import { configuredEndpoints } from '../tunnel/endpoint-drift.js';
import { formerNames, goneFrom } from '../tunnel/gone-peers.js';
import { hearsayOf } from '../tunnel/hearsay.js';
import { peersMustFollow } from '../tunnel/joint.js';
import { interfaceFact, parseInterface, type SeenInterface } from '../tunnel/live.js';
import { configPath } from '../tunnel/readings.js';
import { repairInterface, type WantedInterface, type WantedPeer } from '../tunnel/repair.js';
import { sshOver } from '../tunnel/ssh-over.js';

export interface WireguardParams {
  readonly network?: string;
}

export type WireguardSeen = ReadonlyMap<string, SeenInterface>;

const NONE: Disruption = { level: 'none' };

const unitOf = (name: string): string => `wg-quick@${name}.service`;

const startScript = (name: string): string => startUnit(unitOf(name), 'restart');

/** The record is written with the file: a config from a version without records is adopted unchanged. */
function planFile(name: string, text: string, record: OwnerRecord, seen: SeenInterface): Change[] {
  if (seen.config?.text === text && seen.config.mode === '600 root root') return [];
  const path = configPath(name);
  const sameText = seen.config?.text === text;
  const rules = hooksOf(seen.config?.text ?? '', name).filter(({ rule }) => rule !== undefined);
  const and = `, and delete the ${rules.length > 1 ? 'rules that its PostUp lines have' : 'rule that its PostUp line has'} added`;
  const file = { path, content: text, mode: '0600', owner: 'root', group: 'root' };
  const write = `${recordScript(name, record)} && ${writeFileScript(file)}`;
  return [
    {
      summary: sameText
        ? `make ${path} readable only by root`
        : `write ${path}${rules.length > 0 ? and : ''}`,
      disruption: NONE,
      ...(sameText ? {} : { diff: unifiedDiff(seen.config?.text ?? '', text, path) }),
      ...(seen.config === undefined && { creates: { path, mode: file.mode } }),
      script: [write, ...deleteRules(rules)].join(' || exit\n'),
    },
  ];
}

/** Brings the interface up, or changes the running one in place; only restarts one that isn't under systemd. */
function planInterface(wanted: WantedInterface, seen: SeenInterface): Change[] {
  const name = wanted.interface;
  if (!seen.live) {
    return [{ summary: `start ${name} now and at boot`, disruption: NONE, script: startScript(name) }];
  }
  if (!seen.unit.active) {
    return [
      {
        summary: `run ${name} under systemd`,
        disruption: { level: 'brief', detail: `restarts ${name}: about 1 s` },
        script: `${command('ip', 'link', 'del', 'dev', name)} || exit\n${startScript(name)}`,
      },
    ];
  }
  const repairs = repairInterface({
    wanted,
    live: seen.live,
    ownKey: seen.ownKey,
    configured: seen.config && configuredEndpoints(seen.config.text),
  });
  if (seen.unit.enabled) return repairs;
  return [
    ...repairs,
    {
      summary: `start ${name} at boot`,
      disruption: NONE,
      script: command('systemctl', 'enable', '--quiet', unitOf(name)),
    },
  ];
}

/** Keys that nobody knows yet. */
interface MissingKeys {
  /** `public key of` */
  readonly what: string;
  /** Whose they are. */
  readonly names: readonly string[];
  /** Whether no other is needed. */
  readonly areAll: boolean;
}

/**
 * A change that can't be made before the keys are known; only shown by plans made before the keys step. Nodes that lack all
 * of them show the same.
 */
function planWithoutKeys(name: string, { what, names, areAll }: MissingKeys, seen: SeenInterface): Change[] {
  const missing = `the ${what} ${names.join(', ')}`;
  const when = areAll && names.length > 1 ? 'the keys are known' : `${missing} is known`;
  return [
    {
      summary: `${seen.live ? 'change' : 'create and start'} ${name}, once ${when}`,
      disruption: NONE,
      script: `echo ${quote(`${missing} is not known: run the phase that makes the keys first`)} >&2; exit 1`,
    },
  ];
}

/** The checksum of the preshared key that the node has, or is given in this run. */
function sharedSum(
  { node, secrets }: StepContext<WireguardParams>,
  network: Network,
  peer: Peer,
  facts: Facts,
): string | undefined {
  const made = secrets.made(network.name, node.name, peer.node)?.sha256;
  return made ?? (facts.get(node.name, presharedKeyFact(network.interface, peer.node)) || undefined);
}

function planNetwork(
  context: StepContext<WireguardParams>,
  network: Network,
  seen: SeenInterface,
  facts: Facts,
): Change[] {
  const member = memberOf(network, context.node.name);
  const name = network.interface;
  const keyOf = (node: string): string | undefined => facts.get(node, publicKeyFact(name));
  // An unreachable node whose keys no peer knows becomes a peer once it answers.
  const peers = peersOf(context.inventory, network, context.node.name).filter(
    (peer) =>
      peer.client ||
      facts.isAbsent?.(peer.node) !== true ||
      (keyOf(peer.node) !== undefined &&
        (!sharesKey(network, peer) || sharedSum(context, network, peer, facts) !== undefined)),
  );
  const nodes = peers.filter(({ client }) => !client).map(({ node }) => node);
  const missing = [context.node.name, ...nodes].filter((node) => keyOf(node) === undefined);
  if (missing.length > 0) {
    const areAll = missing.length > nodes.length;
    return planWithoutKeys(name, { what: 'public key of', names: missing, areAll }, seen);
  }
  const unshared = peers.filter(
    (peer) => sharesKey(network, peer) && !sharedSum(context, network, peer, facts),
  );
  if (unshared.length > 0) {
    const names = unshared.map(({ node }) => node);
    const areAll = unshared.length === peers.length;
    return planWithoutKeys(name, { what: 'preshared key for', names, areAll }, seen);
  }
  const publicKeyOf = (node: string): string => keyOf(node) ?? '';
  const former = formerNames(seen);
  const wantedPeers = new Set(peers.map(({ node }) => node));
  const wanted: WantedInterface = {
    interface: name,
    goneFrom: (key) => goneFrom(context.inventory, network, wantedPeers, former.get(key)),
    sshOver: (peer, allowedIps) =>
      sshOver({ inventory: context.inventory, network, node: context.node, peer, allowedIps }),
    port: network.port,
    mtu: network.mtu,
    addresses: member.addresses.map(hostRoute),
    routes: routesOf(context.inventory, network, context.node.name),
    peers: peers.map((peer): WantedPeer => {
      const sha256 = sharesKey(network, peer) ? sharedSum(context, network, peer, facts) : undefined;
      const file = presharedKeyFile(name, peer.node);
      const publicKey = peer.publicKey ?? publicKeyOf(peer.node);
      const mayHaveLearned = (live: string) =>
        mayBeLearned(context.inventory, network, {
          on: context.node.name,
          peer,
          live,
          hasGoneSilent: false,
        });
      const shared = sha256 !== undefined && { presharedKey: { file, sha256 } };
      return { ...peer, publicKey, mayHaveLearned, ...shared };
    }),
  };
  const text = renderConfig({ network, member, peers, publicKeyOf });
  const touches = {
    files: [configPath(name), recordPath(name)],
    units: [unitOf(name)],
    interfaces: [name],
    network: true,
  };
  const record = recordOf({
    inventory: context.inventory,
    network,
    node: context.node.name,
    publicKey: publicKeyOf(context.node.name),
    peers: wanted.peers,
    config: text,
  });
  const file = planFile(name, text, record, seen);
  const onInterface = planInterface(wanted, seen);
  // The file is written last if possible: it records which endpoints were set on the running interface.
  const isRepair = seen.live !== undefined && seen.unit.active;
  const isJoint = seen.live !== undefined && peersMustFollow(wanted, seen.live, seen.ownKey);
  return (isRepair ? [...onInterface, ...file] : [...file, ...onInterface]).map((change) => ({
    ...change,
    touches,
    guarded: true,
    ...(isJoint && { joint: network.name }),
  }));
}

/** Writes each network's config and makes the running interface match it with as little disruption as possible. */
export const wireguardStep: StepKind<WireguardParams, WireguardSeen> = {
  kind: 'wireguard',
  claims: interfaceOwnership,
  readsKeys: true,
  schema: networkStepSchema,
  probe: ({ networks }) =>
    byName(
      networks.map((network) => network.interface),
      interfaceFact,
    ),
  hearsay: hearsayOf,
  addresses: ({ networks }, seen) =>
    new Map(
      networks.map((network) => [
        network.name,
        (seen.get(network.interface)?.live?.addresses ?? []).map((cidr) => bareAddress(cidr)),
      ]),
    ),
  plan: (context, seen, facts) =>
    context.networks.flatMap((network) => {
      const seenInterface = seen.get(network.interface) ?? parseInterface('');
      return planNetwork(context, network, seenInterface, facts);
    }),
};
