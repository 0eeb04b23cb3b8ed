import type { Finding } from '../../../src/layers/gate.js';
import type { Inventory, Member, Site } from '../../../src/model/inventory.js';
import type { RunEvent, StampedEvent } from '../../../src/runner/events/events.js';
import { overviewOf } from '../../../src/runner/events/overview.js';
import { BARE } from '../../fixtures/bare.js';
import { node, ssh } from '../../fixtures/home-mesh-inventory.js';
import { PLAIN_MESH } from '../../fixtures/plain-mesh.js';
import { ended, gate, planned, RESTART, read, stamp, started } from '../events.js';

/** A name of 63 characters, the most that an inventory takes. */
const LONG_NAME = 'rack-42-north-backup-controller-of-the-laboratory-in-the-attic-'.padEnd(63, '7');

const SITES = ['home', 'cabin', 'a-datacenter-with-a-name-that-nobody-would-want-to-type-twice'];

const siteNamed = (name: string, index: number): Site => ({
  name,
  subnets: [`10.${index + 1}.0.0/24`, `fd00:${index + 1}::/64`],
  publicAddresses: [`203.0.113.${index + 10}`, `2001:db8:${index + 1}::1`],
  nat: index < 2,
  forwards: [],
});

/** A mesh of so many nodes on the internet and at three sites, dual stack, one of them with a long name. */
export function crowded(count: number): Inventory {
  const names = Array.from({ length: count }, (_, index) => (index === 3 ? LONG_NAME : `node-${index + 1}`));
  return {
    file: 'crowded.yaml',
    name: 'crowded',
    sites: SITES.map(siteNamed),
    nodes: names.map((name, index) => {
      const site = SITES[(index % 4) - 1];
      return node(name, {
        role: index % 3 === 0 ? 'storage-controller' : 'worker',
        ...(site === undefined
          ? { publicAddresses: [`198.51.100.${index + 1}`, `2001:db8:ffff:ffff:ffff:ffff:ffff:${index + 1}`] }
          : { site, lanAddresses: [`10.${index % 4}.0.${index + 1}`] }),
        ssh: ssh(name),
      });
    }),
    networks: [
      {
        name: 'mesh',
        interface: 'wg0',
        ranges: ['172.27.0.0/16'],
        ...PLAIN_MESH,
        port: 51820,
        mtu: 1420,
        keepalive: 25,
        members: names.map((name, index): Member => ({ node: name, addresses: [`172.27.0.${index + 1}`] })),
      },
    ],
    lab: {},
    ...BARE,
  };
}

/** Lines of 300 characters without a space, which a page has to break. */
const longDiff = (what: string): string =>
  Array.from({ length: 40 }, (_, line) => `+line_${line}=${what.padEnd(300, 'x')}\n`).join('');

/** The change of a node: every tenth has one of its own. */
const changeOf = (index: number) => ({
  ...RESTART,
  diff: `${RESTART.diff}${longDiff(index % 10 === 0 ? `${index}` : 'all')}`,
});

/** An apply over such a mesh that changes every node, and stops between its first node and every fifth. */
export function crowdedRun(count: number): StampedEvent[] {
  const inventory = crowded(count);
  const names = inventory.nodes.map(({ name }) => name);
  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
  const findings = pairs.map(({ from, to }, index): Finding => {
    const go = from !== names[0] || names.indexOf(to) % 5 !== 0;
    return {
      go,
      node: from,
      peer: to,
      expected: `an answer from ${to} within 10 s`,
      seen: go ? `${(index % 90) + 0.5} ms` : '0 of 12 packets came back',
      ...(go ? {} : { fix: `check the forward to ${to}` }),
      pair: { network: 'mesh', unit: 'ms', ...(go && { value: (index % 90) + 0.5 }) },
    };
  });
  return stamp([
    { ...started('apply', names), version: '0.1.0', overview: overviewOf(inventory) } as RunEvent,
    ...read(names),
    { type: 'phase-started', phase: 'tunnel' },
    ...names.map((name, index) => planned('tunnel', 'wireguard wg0', name, [changeOf(index)])),
    ...names.map(
      (name): RunEvent => ({
        type: 'change-done',
        phase: 'tunnel',
        step: 'tunnel.step-1',
        node: name,
        summary: RESTART.summary,
        ms: 340,
      }),
    ),
    { type: 'phase-ended', phase: 'tunnel', outcome: 'go', changes: count },
    { type: 'phase-started', phase: 'verify' },
    ...gate('verify', 'ping every pair', `not all of ${pairs.length} pairs answer`, findings),
    { type: 'phase-ended', phase: 'verify', outcome: 'stop', changes: 0 },
    ended(3, count),
  ]);
}
