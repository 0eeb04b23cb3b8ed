import { isHelpedByOwner, loadedFrom, ownerOf, ruleText } from '../../../../facts/firewall/cause.js';
import { type Cause, courseOf } from '../../../../facts/firewall/evaluate.js';
import type { Packet } from '../../../../facts/firewall/packet.js';
import { familyOf } from '../../../../model/address.js';
import type { Finding } from '../../../gate.js';
import type { Passage } from '../../../host/forwarding/firewalls/passage.js';
import { type Judged, REPAIR, stop } from './judged.js';
import { outsidesOf } from './probe.js';

/** A forwarded connection of any program. */
const ANY_TCP = { protocol: 'tcp', isPassedOn: true } as const;

/** The first packets of connections to forward, as other firewalls see them. */
function crossings(judged: Judged, passage: Passage): readonly Packet[] {
  const { fromTunnel, toTunnel, from, to } = passage;
  const { interface: tunnel, ranges } = judged.network;
  const device = (place: string | undefined): string | undefined =>
    place === undefined ? undefined : judged.own.devices.get(place);
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
  const outside = device(place) ?? internetDevice(judged, family);
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

function internetDevice({ context, network, node, own }: Judged, family: 4 | 6): string | undefined {
  const place = outsidesOf(context.inventory, network, node).find(
    (one) => !one.includes('/') && familyOf(one) === family,
  );
  return place === undefined ? undefined : own.devices.get(place);
}

/** Where to insert an accept, with the command if the table belongs to iptables. */
function accepting(
  { network, node }: Judged,
  { table, chain, rule, place }: Cause,
  { fromTunnel, toTunnel, from, to }: Passage,
): string {
  const where = rule === undefined ? 'there' : `before rule ${place} of ${chain}`;
  if (rule === undefined || table.tool !== 'iptables' || table.name !== 'filter') return where;
  const name = network.interface;
  const words = [
    ...(fromTunnel ? ['-i', name] : []),
    ...(toTunnel ? ['-o', name] : []),
    ...(from === undefined ? [] : ['-s', from]),
    ...(to === undefined ? [] : ['-d', to]),
  ];
  const [tool, family] = table.family === 'ip' ? (['iptables', 4] as const) : (['ip6tables', 6] as const);
  const again = loadedFrom(ownerOf({ table, chain, rule }), family, node);
  return `${where} (\`${tool} -I ${chain} ${place} ${words.join(' ')} -j ACCEPT\`, and the same in ${again})`;
}

/** Rules of other tables that certainly drop packets that the node is to forward. */
export function judgeFirewalls(judged: Judged, passages: readonly Passage[]): readonly Finding[] {
  const { network, node, seen: all } = judged;
  const name = network.interface;
  return all.firewalls.flatMap((table) => {
    const [dropped] = passages.flatMap((passage) =>
      crossings(judged, passage).flatMap((packet) => {
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
      ? `${REPAIR} on ${node}: it adds just the rule that ${owner} needs`
      : `accept ${accepting(judged, drop, passage)} packets from ${source} to ${target}, on ${node}: an accept in another table doesn't override its drop`;
    const seen = `table ${table.family} ${table.name}, chain ${drop.chain}${rule} drops it${owner === undefined ? '' : ` (${owner})`}`;
    return [stop(judged, `packets from ${source} are forwarded to ${target}`, seen, fix)];
  });
}
