import type { Finding } from '../../../gate.js';
import { passagesOf } from '../../overlay/passages.js';
import { judgeFirewalls } from './dropped-by-others.js';
import { type Judged, masqueraded, named } from './judged.js';
import { judgeSwitches, judgeTable, judgeUnit } from './own-rules.js';

/** What is wrong with a node's forwarding for one network, or that all is as expected. */
export function judgeForwarding(judged: Judged): readonly Finding[] {
  const { context, network, node } = judged;
  const passages = passagesOf(context.inventory, network, node);
  const wrong = [
    ...judgeSwitches(judged),
    ...judgeTable(judged),
    ...judgeUnit(judged),
    ...judgeFirewalls(judged, passages),
  ];
  if (wrong.length > 0) return wrong;
  const { unjudged } = judged.seen;
  if (unjudged.length > 0) {
    const expected = named(judged, 'no other firewall drops what it forwards');
    const seen = `not known: ${unjudged.join(' and ')} ${unjudged.length === 1 ? 'has' : 'have'} too many rules to be judged`;
    const fix = `find on ${node} what its chains for forwarded packets drop: \`nft -t list ruleset\` shows them without their sets`;
    return [{ go: true, noted: true, node, expected, seen, fix }];
  }
  const places = [
    ...(passages.some(({ fromTunnel, toTunnel }) => fromTunnel && toTunnel) ? ['between members'] : []),
    ...masqueraded(judged).map((subnet) => `onto ${subnet}, masqueraded`),
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
      node,
      expected: named(judged, `forwards packets ${places.join(', ')}`),
      seen: 'as expected, also after a reboot',
    },
  ];
}
