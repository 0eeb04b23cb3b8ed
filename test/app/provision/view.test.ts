import { hindrances } from '../../../src/app/provision/dialogue/hindrances.js';
import type { World } from '../../../src/app/provision/dialogue/types.js';
import type { Survey } from '../../../src/app/provision/survey/survey.js';
import { foundView } from '../../../src/app/provision/view.js';
import { parseSaved } from '../../../src/facts/firewall/ruleset.js';
import { createPaint } from '../../../src/render/colour.js';
import { foundText } from '../../../src/render/provision/found-text.js';
import { fourMachines, machine, survey } from './support.js';

const world = (found: Survey): World => ({
  answers: {},
  done: {},
  seen: { hosts: [], folder: 'home', survey: found },
});
const notes = (...machines: Parameters<typeof survey>[0]) => foundView(world(survey(machines))).notes;

describe('what is worth knowing before going on', () => {
  it('is nothing about machines that are as they should be', () => {
    expect(foundView(world(fourMachines())).notes).toEqual([]);
  });

  it('is whose firewall drops the port, with what allows it', () => {
    const oracle = [
      '*filter',
      ':INPUT ACCEPT',
      ':InstanceServices -',
      '-A INPUT -p tcp --dport 22 -j ACCEPT',
      '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
    ];
    const [note = ''] = notes(
      machine('vps', { address: '198.51.100.7/24', tables: parseSaved(oracle, 'ip') }),
    );
    expect(note).toMatch(
      /^vps: its firewall drops UDP 51820: Oracle's image: .*rule 2.*; to allow it: `iptables -I INPUT 2 -p udp --dport 51820 -j ACCEPT`/,
    );
  });

  it('is said once of several machines', () => {
    const own = (name: string, last: number) =>
      machine(name, { address: `198.51.100.${last}/24`, module: 'no' });
    expect(notes(own('a', 1), own('b', 2))).toEqual([
      'a, b: no WireGuard in the kernel; wireguard-go does the work, slower',
    ]);
  });

  it.each([
    [
      'a tunnel made by hand',
      { wireguard: [{ interface: 'wg0', up: true, ours: false }] },
      /wg0 made by hand; left alone \(bridgehead adopt it/,
    ],
    ['no perl', { perl: false }, /no perl/],
    ['a wrong clock', { skew: -3600 }, /the clock is 3600 s slow/],
    ['a fresh boot', { uptime: 20 }, /started less than 5 minutes ago/],
    ['a firewall', { firewalls: ['UFW', 'Docker'] }, /firewall rules by UFW, Docker/],
    [
      'a translated address',
      { address: '10.0.0.4/24', dialled: '203.0.113.9', vendor: 'Amazon EC2' },
      /the provider translates the public address/,
    ],
  ])('names %s', (_name, own, expected) => {
    expect(notes(machine('it', { address: '198.51.100.7/24', ...own }))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it('names the second name of one machine, and a hostname that two have', () => {
    const one = machine('one', { address: '198.51.100.7/24', hostname: 'pi' });
    const other = machine('other', { address: '198.51.100.8/24', hostname: 'pi' });
    expect(notes(one, { ...one, machine: 'again' }, other)).toEqual([
      'again is the same machine as one; it is left out',
      'one, other: hostname pi, the same as another of these machines',
    ]);
  });
});

it.each([80, 120])('what was found fits %i columns', (width) => {
  const crowded = survey([
    ...fourMachines().surveyed,
    machine('busy', {
      address: '198.51.100.7/24',
      wireguard: [{ interface: 'wg0', up: true, ours: false }],
      firewalls: ['UFW'],
      skew: 90,
    }),
  ]);
  const text = foundText(foundView(world(crowded)), createPaint(false), width);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  expect(text).toContain('ctb-edge-1');
});

describe('machines of other kinds', () => {
  it('take part where they are Debian on ARM, and are shown as what they are', () => {
    const pi = { os: 'raspbian', version: '12', title: 'Raspbian GNU/Linux 12 (bookworm)' };
    const found = survey([
      machine('pi', { address: '192.168.1.9/24', architecture: 'armv7l', ...pi }),
      machine('arm', { address: '198.51.100.7/24', architecture: 'aarch64' }),
    ]);
    const { machines, notes } = foundView(world(found));
    expect(machines.map(({ system }) => system)).toEqual(['Raspbian 12 armv7l', 'Debian 12 aarch64']);
    expect(notes).toEqual([]);
    expect([...hindrances(world(found))]).toEqual([]);
  });

  it.each([
    ['OpenWrt 23.05', { systemd: false, apt: false }, 'OpenWrt 23.05 has no systemd and no apt'],
    ['Fedora Linux 40', { apt: false }, 'Fedora Linux 40 has no apt'],
    ['Devuan GNU/Linux 5', { systemd: false }, 'Devuan GNU/Linux 5 has no systemd'],
    [
      'Debian GNU/Linux 12',
      { readOnlyRoot: true },
      'Debian GNU/Linux 12 has a root file system that is mounted read-only',
    ],
    [
      'Debian GNU/Linux 11',
      { module: 'no', tun: false },
      'Debian GNU/Linux 11 has no WireGuard in its kernel, and /dev/net/tun',
    ],
  ] as const)('can not: %s %j', (title, facts, why) => {
    const found = survey([machine('it', { address: '198.51.100.7/24', title, ...facts })]);
    expect([...hindrances(world(found))]).toEqual([['it', why]]);
  });
});
