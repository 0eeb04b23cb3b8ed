import { parseRules, type Rules } from '../../../../facts/firewall/read.js';
import type { Network } from '../../../../model/inventory.js';
import { all, GarbledReply, integer, type Lines } from '../../../../remote/reply-lines.js';
import type { GateContext } from '../../../gate.js';
import { isClosedRule } from '../../../host/forwarding/closed.js';
import { saysIpv6Off } from '../../../shared/packet-answers.js';
import type { NetworkParams } from '../../../shared/schema.js';
import { type InterfaceOwner, ownershipOf, type Stranger } from '../../ownership/verdict.js';
import { isOurs } from '../../retire/ours.js';
import type { Left } from '../../retire/probe.js';
import type { SeenInterface } from '../../tunnel/live.js';
import { networksOn } from '../shared/members.js';
import { type AtBoot, parseNextBoot } from './next-boot.js';

export interface SeenNetwork {
  readonly owner: 'nobody' | 'ours' | 'foreign';
  /** What is somebody else's about it. */
  readonly foreign?: string;
  readonly whose?: Stranger;
  readonly interfaceThere: boolean;
  /** By another than the network's own interface. */
  readonly portTaken: boolean;
}

export interface Seen {
  readonly networks: readonly SeenNetwork[];
  readonly units: readonly string[];
  readonly folders: readonly { readonly folder: string; readonly files: number; readonly first: string }[];
  /** `ip -4 rule` and `ip -6 rule` lines beyond the defaults. */
  readonly rules: readonly { readonly family: string; readonly rule: string }[];
  readonly addresses: readonly { readonly device: string; readonly address: string }[];
  readonly tables: Rules;
  readonly ipv6Off: boolean;
  /** WireGuard's own ports, which belong to no process. */
  readonly listening: readonly { readonly device: string; readonly port: string }[];
  readonly boot: readonly AtBoot[];
  /** Interfaces of ours that the wireguard step's phase retires before it makes others. */
  readonly retired: ReadonlySet<string>;
}

const DEFAULT_RULES = new Set([
  '0: from all lookup local',
  '32766: from all lookup main',
  '32767: from all lookup default',
]);

/** What the node reports, and what follows from it with the inventory. */
function ownerOf(
  said: string,
  judged: InterfaceOwner | undefined,
): Pick<SeenNetwork, 'owner' | 'foreign' | 'whose'> {
  if (judged?.kind === 'foreign') {
    return { owner: 'foreign', foreign: judged.seen, whose: judged.whose };
  }
  if (judged?.kind === 'ours') return { owner: 'ours' };
  return { owner: said === 'ours' ? 'ours' : 'nobody' };
}

/** What other questions have found out about the node. */
export interface Parts {
  readonly owners: ReadonlyMap<string, SeenInterface>;
  readonly left: readonly Left[];
}

/** Parses a node's reply. */
export function parsePristine(
  lines: Lines,
  node: string,
  context: GateContext<NetworkParams>,
  parts: Parts,
): Seen {
  const networks = networksOn(context, node);
  const whose = (network: Network): InterfaceOwner | undefined => {
    const own = parts.owners.get(network.interface);
    return own && ownershipOf({ ...context, network, node }, own);
  };
  const seen = new Map(all(lines, 'network').map(([number, ...words]) => [integer(number), words]));
  return {
    networks: networks.map((network, number) => {
      const [owner, there, taken] = seen.get(number) ?? [];
      if (owner === undefined || there === undefined || taken === undefined) {
        throw new GarbledReply(`no answer about network ${network.name}`);
      }
      return {
        ...ownerOf(owner, whose(network)),
        interfaceThere: there === 'yes',
        portTaken: taken === 'yes',
      };
    }),
    units: [...new Set(all(lines, 'unit').map(([unit = '']) => unit))],
    folders: all(lines, 'folder').map(([folder = '', files, ...first]) => ({
      folder,
      files: integer(files),
      first: first.join(' '),
    })),
    rules: all(lines, 'rule')
      .map(([family = '', ...rule]) => ({ family, rule: rule.join(' ') }))
      .filter(({ rule }) => !DEFAULT_RULES.has(rule) && !isClosedRule(rule)),
    addresses: all(lines, 'address').map(([device = '', address = '']) => ({ device, address })),
    tables: parseRules(lines),
    ipv6Off: saysIpv6Off(lines),
    listening: all(lines, 'listen').map(([device = '', port = '']) => ({ device, port })),
    boot: parseNextBoot(lines),
    retired: new Set(
      context.inventory.nodes
        .filter(({ name }) => name === node)
        .flatMap((one) =>
          (parts.left ?? []).filter((left) => isOurs(left, context.inventory, one, context.facts)),
        )
        .map((left) => left.interface),
    ),
  };
}
