import { createHash } from 'node:crypto';
import { count } from '../../../core/text.js';
import { isHelpedByOwner, loadedFrom, ownerOf, ruleText } from '../../../facts/firewall/cause.js';
import { type Cause, courseOf } from '../../../facts/firewall/evaluate.js';
import type { Packet } from '../../../facts/firewall/packet.js';
import { familyOf } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import { subnetsOf } from '../../../model/shape.js';
import { fromLines, GarbledReply } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { overruledAtBoot } from '../../host/kernel/at-boot.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { forwardingRuleset, forwardingTable } from '../forwarding/table.js';
import { unitOf } from '../forwarding/unit.js';
import { wipedBy } from '../forwarding/wiped.js';
import { type Passage, passagesOf } from '../overlay/passages.js';
import { forwardsPackets } from '../overlay/peers.js';
import { forwardingProbe, outsidesOf } from './forwarding/probe.js';
import {
  difference,
  parseForwardingProbe,
  type Seen,
  type SeenNetwork,
  SWITCHES,
} from './forwarding/seen.js';
import { addressesOf, inNetwork, networksOn, notAMember } from './shared/members.js';

const REPAIR = 'apply the phase that lets it forward (`bridgehead apply`)';

/** A forwarded connection of any program. */
const ANY_TCP = { protocol: 'tcp', isPassedOn: true } as const;

class NetworkJudge {
  readonly #context: GateContext<NetworkParams>;
  readonly #network: Network;
  readonly #node: string;
  readonly #seen: Seen;
  readonly #own: SeenNetwork;

  constructor(
    context: GateContext<NetworkParams>,
    network: Network,
    node: string,
    seen: { readonly all: Seen; readonly own: SeenNetwork },
  ) {
    this.#context = context;
    this.#network = network;
    this.#node = node;
    this.#seen = seen.all;
    this.#own = seen.own;
  }

  findings(): readonly Finding[] {
    const passages = passagesOf(this.#context.inventory, this.#network, this.#node);
    const wrong = [...this.#switches(), ...this.#table(), ...this.#unit(), ...this.#firewalls(passages)];
    if (wrong.length > 0) return wrong;
    const places = [
      ...(passages.some(({ fromTunnel, toTunnel }) => fromTunnel && toTunnel) ? ['between members'] : []),
      ...this.#masqueraded().map((subnet) => `onto ${subnet}, masqueraded`),
      ...passages.flatMap(({ from, fromTunnel }) =>
        from !== undefined && !fromTunnel ? [`from ${from}`] : [],
      ),
      ...(passages.some(({ from, fromTunnel, toTunnel }) => from !== undefined && fromTunnel && !toTunnel)
        ? ['to the internet, masqueraded']
        : []),
    ];
    return [
      {
        go: true,
        node: this.#node,
        expected: this.#named(`forwards packets ${places.join(', ')}`),
        seen: 'as expected, also after a reboot',
      },
    ];
  }

  #named(text: string): string {
    return inNetwork(this.#context, this.#network, text);
  }

  #stop(expected: string, seen: string, fix: string): Finding {
    return { go: false, node: this.#node, expected: this.#named(expected), seen, fix };
  }

  #masqueraded(): readonly string[] {
    return this.#network.advertises
      .filter(({ node, nat }) => node === this.#node && nat === 'masquerade')
      .flatMap(({ subnets }) => subnets);
  }

  #switches(): readonly Finding[] {
    const own = [...addressesOf(this.#network, this.#node), ...subnetsOf(this.#network, this.#node)];
    const families = [4, 6].filter((family) => own.some((address) => familyOf(address) === family)) as (
      | 4
      | 6
    )[];
    return families.flatMap((family) => {
      const value = this.#seen.switches[family];
      const key = SWITCHES[family].replaceAll('/', '.');
      if (value === '1') return [];
      const overruled = overruledAtBoot(this.#seen.boot, key, 1);
      const again =
        overruled === undefined ? 'if it comes back, another program turns it off' : `${overruled.fix} first`;
      const fix =
        value === undefined
          ? `enable IPv${family} on ${this.#node}, or remove its IPv${family} address in network ${this.#network.name}`
          : `${REPAIR} on ${this.#node}; ${again}`;
      const why = overruled === undefined ? '' : `; ${overruled.seen}`;
      const seen = value === undefined ? 'no such key' : `${value}${why}`;
      return [this.#stop(`${key} = 1: ${this.#node} forwards IPv${family} packets`, seen, fix)];
    });
  }

  #table(): readonly Finding[] {
    const { live, loaded, sum } = this.#own;
    const table = `table inet ${forwardingTable(this.#network.interface)}`;
    const lans = this.#masqueraded();
    const purpose = lans.length > 0 ? `, which masquerades onto ${lans.join(', ')}` : '';
    const expected = `${table}${purpose}`;
    const fix = `${REPAIR} on ${this.#node}`;
    if (!this.#seen.nft)
      return [this.#stop(expected, 'nft is not installed', `install nftables on ${this.#node} and ${fix}`)];
    if (live.length === 0) {
      const number = this.#seen.networks.indexOf(this.#own);
      return [this.#stop(expected, `no such table${wipedBy(this.#seen.wiped, number)}`, fix)];
    }
    if (sum === undefined) return [this.#stop(expected, 'something else loaded it', fix)];
    if (live.join('\n') !== loaded.join('\n')) return [this.#stop(expected, difference(this.#own), fix)];
    const wanted = forwardingRuleset(this.#context.inventory, this.#network, this.#node);
    const current = createHash('sha256').update(wanted).digest('hex') === sum;
    return current
      ? []
      : [this.#stop(expected, 'it was loaded for a different version of the inventory', fix)];
  }

  #unit(): readonly Finding[] {
    const unit = unitOf(this.#network.interface);
    if (this.#own.enabled) return [];
    const fix = `systemctl enable ${unit} on ${this.#node}, or ${REPAIR}`;
    return [this.#stop(`${unit} enabled, so that the rules are loaded at boot`, 'not enabled', fix)];
  }

  /** The first packets of connections to forward, as other firewalls see them. */
  #crossings(passage: Passage): readonly Packet[] {
    const { fromTunnel, toTunnel, from, to } = passage;
    const { interface: tunnel, ranges } = this.#network;
    const device = (place: string | undefined): string | undefined =>
      place === undefined ? undefined : this.#own.devices.get(place);
    if (fromTunnel && toTunnel) {
      return [...new Set(ranges.map(familyOf))].map((family) => ({
        ...ANY_TCP,
        family,
        in: tunnel,
        out: tunnel,
        notIn: [],
      }));
    }
    const place = fromTunnel ? to : from;
    const family = familyOf(place ?? from ?? '');
    const outside = device(place) ?? this.#internetDevice(family);
    const comesBy = fromTunnel ? tunnel : outside;
    const goesBy = toTunnel ? tunnel : outside;
    return [
      {
        ...ANY_TCP,
        family,
        notIn: [tunnel],
        notOut: [tunnel],
        ...(comesBy !== undefined && { in: comesBy }),
        ...(goesBy !== undefined && { out: goesBy }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      },
    ];
  }

  #internetDevice(family: 4 | 6): string | undefined {
    const place = outsidesOf(this.#context.inventory, this.#network, this.#node).find(
      (one) => !one.includes('/') && familyOf(one) === family,
    );
    return place === undefined ? undefined : this.#own.devices.get(place);
  }

  /** Where to insert an accept, with the command if the table belongs to iptables. */
  #accepting({ table, chain, rule, place }: Cause, { fromTunnel, toTunnel, from, to }: Passage): string {
    const where = rule === undefined ? 'there' : `before rule ${place} of ${chain}`;
    if (rule === undefined || table.tool !== 'iptables' || table.name !== 'filter') return where;
    const name = this.#network.interface;
    const words = [
      ...(fromTunnel ? ['-i', name] : []),
      ...(toTunnel ? ['-o', name] : []),
      ...(from === undefined ? [] : ['-s', from]),
      ...(to === undefined ? [] : ['-d', to]),
    ];
    const [tool, family] = table.family === 'ip' ? (['iptables', 4] as const) : (['ip6tables', 6] as const);
    const again = loadedFrom(ownerOf({ table, chain, rule }), family, this.#node);
    return `${where} (\`${tool} -I ${chain} ${place} ${words.join(' ')} -j ACCEPT\`, and the same in ${again})`;
  }

  #firewalls(passages: readonly Passage[]): readonly Finding[] {
    const name = this.#network.interface;
    return this.#seen.firewalls.flatMap((table) => {
      const [dropped] = passages.flatMap((passage) =>
        this.#crossings(passage).flatMap((packet) => {
          const { drop } = courseOf([table], packet);
          return drop === undefined ? [] : [{ passage, drop }];
        }),
      );
      if (dropped === undefined) return [];
      const { passage, drop } = dropped;
      const owner = ownerOf(drop);
      const target = passage.toTunnel ? name : (passage.to ?? 'the internet');
      const source = passage.fromTunnel ? name : (passage.from ?? 'outside');
      const rule = drop.rule === undefined ? '' : `, rule ${drop.place}: ${ruleText(drop.rule)}:`;
      const fix = isHelpedByOwner(drop)
        ? `${REPAIR} on ${this.#node}: it adds just the rule that ${owner} needs`
        : `accept ${this.#accepting(drop, passage)} packets from ${source} to ${target}, on ${this.#node}: an accept in another table doesn't override its drop`;
      const seen = `table ${table.family} ${table.name}, chain ${drop.chain}${rule} drops it${owner === undefined ? '' : ` (${owner})`}`;
      return [this.#stop(`packets from ${source} are forwarded to ${target}`, seen, fix)];
    });
  }
}

/** The networks in which a node forwards packets, and what was read of it. */
interface Passing {
  readonly networks: readonly Network[];
  readonly seen: ReturnType<typeof parseForwardingProbe>;
}

/**
 * Hubs, relays and gateways forward what they should: the kernel forwards, our table is complete and loaded at boot, and no
 * other firewall drops the packets.
 */
export const forwarding: GateKind<NetworkParams, Passing | undefined> = {
  kind: 'forwarding',
  schema: parameters(networkParameter),
  patience: 0,

  concerns(inventory, networks) {
    return networks.some((network) =>
      network.members.some(({ node }) => forwardsPackets(inventory, network, node)),
    );
  },

  probe(context, node) {
    const networks = forwardedOn(context, node.name);
    return {
      script: networks.length === 0 ? 'echo end\n' : forwardingProbe(context.inventory, networks, node.name),
      parse: fromLines((lines) => {
        const networks = forwardedOn(context, node.name);
        if (networks.length > 0) return { networks, seen: parseForwardingProbe(lines, networks) };
        if (lines.length > 0) throw new GarbledReply('expected nothing');
        return undefined;
      }),
    };
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, read]): readonly Finding[] => {
      if (read === undefined) {
        if (networksOn(context, node).length === 0) return [notAMember(node)];
        return [{ go: true, node, expected: 'nothing to forward', seen: 'not a hub, relay or gateway' }];
      }
      return read.networks.flatMap((network, number) => {
        const own = read.seen.networks[number];
        return own === undefined
          ? []
          : new NetworkJudge(context, network, node, { all: read.seen, own }).findings();
      });
    });
    const stopped = new Set(findings.filter(({ go }) => !go).map(({ node }) => node));
    const nodes = [...readings.seen].filter(([, read]) => read !== undefined).map(([node]) => node);
    return conclude(readings, findings, () => {
      const right = nodes.filter((node) => !stopped.has(node)).length;
      return `${right} of ${count(nodes.length + readings.unread.length, 'node')} forward${right === 1 && nodes.length === 1 ? 's' : ''} as expected`;
    });
  },
};

function forwardedOn(context: GateContext<NetworkParams>, node: string): readonly Network[] {
  return networksOn(context, node).filter((network) => forwardsPackets(context.inventory, network, node));
}
