import { overlaps, sameAddress, spanOf } from '../../../model/address.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { tailnetRangeAt } from '../range/own-range.js';
import { offeredTo } from './members.js';
import type { Tailnet, TailnetMember } from './types.js';

/** Everything that is wrong with one tailnet, or with two of them together. */
export function lintTailnets(inventory: Inventory): Lint[] {
  const { tailnets = [] } = inventory;
  return tailnets.flatMap((tailnet, index) => [
    ...twice(tailnet, tailnets.slice(0, index)),
    ...tailnet.members.flatMap((member) => [
      ...advertised(tailnet, member),
      ...acceptedOwnLan(inventory, tailnet, member),
      ...cutLogin(inventory, tailnet, member),
    ]),
    ...takenRange(inventory, tailnet),
  ]);
}

/** A machine runs one tailscaled, which is in one tailnet. */
function twice({ name, members }: Tailnet, others: readonly Tailnet[]): Lint[] {
  const names = new Set(members.map(({ node }) => node));
  return others.flatMap((other) => {
    const both = other.members.map(({ node }) => node).filter((node) => names.has(node));
    if (both.length === 0) return [];
    return [
      {
        severity: 'error',
        path: ['networks', name, 'members'],
        message: `${both.join(', ')} can't be in ${name} and ${other.name}: a machine is in one tailnet`,
        fix: 'list the members of each',
      },
    ];
  });
}

function advertised({ name }: Tailnet, { node, advertises }: TailnetMember): Lint[] {
  const path = ['networks', name, 'advertise', node];
  return advertises.flatMap((range): Lint[] => {
    if (range.endsWith('/0')) {
      const fix = `write "exitNodes: ${node}" instead`;
      return [{ severity: 'error', path, value: range, message: `${range} is the internet`, fix }];
    }
    const own = tailnetRangeAt(range);
    if (own === undefined) return [];
    const message = `${range} overlaps ${own}, the range of the tailnet's own addresses`;
    return [
      { severity: 'error', path, value: range, message, fix: 'advertise only what is behind the member' },
    ];
  });
}

/** An accepted route comes before the interface's own: the machine would lose its LAN. */
function acceptedOwnLan({ nodes, sites }: Inventory, tailnet: Tailnet, member: TailnetMember): Lint[] {
  if (!member.accepts) return [];
  const site = sites.find(({ name }) => name === nodes.find((node) => node.name === member.node)?.site);
  return offeredTo(tailnet, member.node).flatMap(({ via, range }) =>
    (site?.subnets ?? [])
      .filter((subnet) => overlaps(spanOf(subnet), spanOf(range)))
      .map(
        (subnet): Lint => ({
          severity: 'error',
          path: ['networks', tailnet.name, 'accept'],
          value: member.node,
          message: `${member.node} is in ${subnet} itself, and would send its packets for ${range} to ${via}: it would lose its own LAN`,
          fix: `remove ${member.node} from accept`,
          needs: ['networks', tailnet.name, 'advertise'],
        }),
      ),
  );
}

/** With an exit node, the answers to a login that came over the internet leave through that. */
function cutLogin({ nodes, sites }: Inventory, { name }: Tailnet, { node, exitNode }: TailnetMember): Lint[] {
  const found = nodes.find((one) => one.name === node);
  if (exitNode === undefined || found === undefined || found.ssh.jump !== undefined) return [];
  const { host } = found.ssh;
  const router = sites.find((site) => site.name === found.site)?.publicAddresses ?? [];
  if (![...found.publicAddresses, ...router].some((address) => sameAddress(address, host))) return [];
  return [
    {
      severity: 'warning',
      path: ['networks', name, 'exitNode', node],
      message: `${node} is logged into at ${host}, and its answers would go out through ${exitNode}: the login would be cut`,
      fix: `set nodes.${node}.ssh.host to its address in the LAN or the tailnet, or nodes.${node}.ssh.jump`,
    },
  ];
}

/** Tailscale drops packets from its range that arrive elsewhere. */
function takenRange({ sites, networks, nodes }: Inventory, tailnet: Tailnet): Lint[] {
  if (tailnet.netfilter !== 'on') return [];
  const names = new Set(tailnet.members.map(({ node }) => node));
  const here = sites.filter(({ name }) => nodes.some((node) => node.site === name && names.has(node.name)));
  const claims = [
    ...here.map(({ name, subnets }) => ({ path: ['sites', name, 'subnet'], ranges: subnets })),
    ...networks
      .filter(({ members }) => members.some(({ node }) => names.has(node)))
      .map(({ name, ranges }) => ({ path: ['networks', name, 'range'], ranges })),
  ];
  return claims.flatMap(({ path, ranges }) =>
    ranges.flatMap((range): Lint[] => {
      const own = tailnetRangeAt(range);
      if (own === undefined) return [];
      return [
        {
          severity: 'error',
          path,
          value: range,
          message: `${range} overlaps ${own}, the range of network ${tailnet.name}: its members drop packets from there`,
          fix: `renumber it, or write "netfilter: nodivert" in network ${tailnet.name}`,
        },
      ];
    }),
  );
}
