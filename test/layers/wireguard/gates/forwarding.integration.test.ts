import { createHash } from 'node:crypto';
import type { Verdict } from '../../../../src/layers/gate.js';
import { forwardingRuleset } from '../../../../src/layers/wireguard/forwarding/table.js';
import { forwarding } from '../../../../src/layers/wireguard/gates/forwarding.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { describeShells } from '../../../support/shells.js';
import { verdictOn } from '../../../support/verdict-on.js';
import { fakes } from './fakes.js';
import { askGate, INVENTORY, nodeOf, reply, stops } from './fixture.js';
import { hubContext, hubInventory, withNat } from './hub-fixture.js';

const MASQUERADE = 'oifname != "wg0" ip saddr 10.8.0.0/24 ip daddr 192.168.1.0/24 masquerade';
const TABLE = ['table inet bridgehead_wg0 {', 'chain postrouting {', MASQUERADE, '}', '}'];

function said(inventory: Inventory = hubInventory): readonly string[] {
  const [network] = inventory.networks;
  if (!network) throw new TypeError('no network');
  const sum = createHash('sha256')
    .update(forwardingRuleset(inventory, network, 'node-a'))
    .digest('hex');
  return [
    'sysctl net/ipv4/ip_forward 1',
    'sysctl net/ipv6/conf/all/forwarding 0',
    ...TABLE.map((line) => `live 0 ${line}`),
    `loaded 0 ${sum} -`,
    ...TABLE.map((line) => `loaded 0 ${line}`),
    'unit 0 ActiveState=active UnitFileState=enabled',
    'device 0 192.168.1.0/24 192.168.1.0 dev eth0 src 192.168.1.10 uid 0',
  ];
}

const nft = (...rules: readonly string[]): readonly string[] =>
  [
    'table ip filter {',
    'chain FORWARD {',
    'type filter hook forward priority filter; policy drop;',
    ...rules,
    '}',
    '}',
  ].map((line) => `nft ip.filter ${line}`);

function judged(lines: readonly string[], inventory: Inventory = hubInventory): Verdict {
  const context = hubContext({ inventory, measured: ['node-a'] });
  return verdictOn(forwarding, context, new Map([['node-a', reply(lines.join('\n'))]]));
}

const without = (text: string): readonly string[] => said().filter((line) => !line.startsWith(text));

describe('forwarding', () => {
  it('is GO when all is in force and comes back', () => {
    const verdict = judged(said());
    expect(verdict.findings).toEqual([
      {
        go: true,
        node: 'node-a',
        expected: 'forwards packets onto 192.168.1.0/24, masqueraded',
        seen: 'as expected, also after a reboot',
      },
    ]);
    expect(verdict.summary).toBe('1 of 1 node forwards as expected');
  });

  it('does not claim to know what a firewall drops whose rules are too many', () => {
    const many = Array.from({ length: 1000 }, () => 'ip daddr 203.0.113.1 accept');
    expect(judged([...said(), ...nft(...many)]).findings).toMatchObject([
      { go: true, noted: true, seen: 'not known: table ip filter has too many rules to be judged' },
    ]);
    const saved = many.map(() => 'iptables -A FORWARD -j ACCEPT');
    expect(judged([...said(), ...saved]).findings).toMatchObject([
      { go: true, noted: true, seen: 'not known: iptables has too many rules to be judged' },
    ]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['forwarding off', said().map((line) => line.replace('ip_forward 1', 'ip_forward 0')), ['node-a: 0']],
    [
      'the table gone',
      without('live'),
      ['node-a: no such table; it has not been loaded since the last boot'],
    ],
    [
      'a rule gone',
      said().filter((line) => line !== `live 0 ${MASQUERADE}`),
      [`node-a: missing: ${MASQUERADE}`],
    ],
    [
      'a rule of somebody else',
      said().flatMap((line) => (line === `live 0 ${MASQUERADE}` ? [line, 'live 0 drop'] : [line])),
      ['node-a: not ours: drop'],
    ],
    ['a table that nobody noted', without('loaded'), ['node-a: something else loaded it']],
    ['nft not installed', ['no-nft', ...without('live')], ['node-a: nft is not installed']],
    ['nothing at boot', said().map((line) => line.replace('=enabled', '=disabled')), ['node-a: not enabled']],
    [
      "Docker's policy",
      [...said(), ...nft('jump DOCKER-USER', '}', 'chain DOCKER-USER {', 'return')],
      ['node-a: table ip filter, chain FORWARD drops it (Docker)'],
    ],
    [
      "UFW's policy",
      [...said(), ...nft('jump ufw-user-forward', '}', 'chain ufw-user-forward {')],
      ['node-a: table ip filter, chain FORWARD drops it (UFW)'],
    ],
    [
      'legacy iptables',
      [...said(), 'iptables -P FORWARD DROP', 'iptables -A FORWARD -i eth0 -j ACCEPT'],
      ['node-a: table ip filter, chain FORWARD drops it'],
    ],
    [
      "a last rule that rejects, in Docker's company",
      [
        ...said(),
        ...nft(
          'iifname "eth0" accept',
          'counter packets 0 bytes 0 reject with icmp type host-prohibited',
          '}',
          'chain DOCKER-USER {',
          'return',
        ).map((line) => line.replace('policy drop', 'policy accept')),
      ],
      ['node-a: table ip filter, chain FORWARD, rule 2: reject with icmp type host-prohibited: drops it'],
    ],
    [
      'a firewall that lets it through',
      [...said(), ...nft('iifname "wg0" ip daddr 192.168.1.0/24 accept')],
      [],
    ],
  ])('%s', (_what, lines, expected) => {
    const verdict = judged(lines);
    expect(stops(verdict)).toEqual(expected);
    for (const { go, fix } of verdict.findings) if (!go) expect(fix).toMatch(/node-a|apply/);
  });

  it('says where an accept must be', () => {
    const verdict = judged([
      ...said(),
      ...nft('counter packets 0 bytes 0 reject').map((line) => line.replace('policy drop', 'policy accept')),
    ]);
    expect(verdict.findings[0]?.fix).toContain(
      'before rule 1 of FORWARD (`iptables -I FORWARD 1 -i wg0 -d 192.168.1.0/24 -j ACCEPT`',
    );
  });

  it('names UFW’s file if a rule of UFW’s would come too late', () => {
    const verdict = judged([
      ...said(),
      ...nft(
        'jump ufw-before-forward',
        '}',
        'chain ufw-before-forward {',
        'ip daddr 192.168.0.0/16 counter packets 0 bytes 0 drop',
      ),
    ]);
    expect(verdict.findings[0]).toMatchObject({
      seen: 'table ip filter, chain ufw-before-forward, rule 1: ip daddr 192.168.0.0/16 drop: drops it (UFW)',
      fix: expect.stringContaining(
        '(`iptables -I ufw-before-forward 1 -i wg0 -d 192.168.1.0/24 -j ACCEPT`, and the same in /etc/ufw/before.rules, above the line that drops',
      ) as string,
    });
  });

  it('sees that the rules are those of another inventory', () => {
    expect(stops(judged(said(), withNat('none')))).toEqual([
      'node-a: it was loaded for a different version of the inventory',
    ]);
  });

  it('checks the way back too, if nothing is masqueraded', () => {
    const oneWay = [...said(withNat('none')), ...nft('iifname "wg0" accept', 'ct state established accept')];
    const verdict = judged(oneWay, withNat('none'));
    expect(verdict.findings[0]).toMatchObject({
      go: false,
      expected: 'packets from 192.168.1.0/24 are forwarded to wg0',
      seen: 'table ip filter, chain FORWARD drops it',
      fix: "accept there packets from 192.168.1.0/24 to wg0, on node-a: an accept in another table doesn't override its drop",
    });
  });

  it('has nothing to ask of a spoke or a stranger, and nothing at all in a plain mesh', () => {
    const context = hubContext({ measured: ['far', 'lan-1'] });
    const verdict = verdictOn(
      forwarding,
      context,
      new Map([
        ['far', reply('')],
        ['lan-1', reply('')],
      ]),
    );
    expect(verdict.findings.map(({ go, seen }) => [go, seen])).toEqual([
      [true, 'not a hub, relay or gateway'],
      [true, 'not a member of the network'],
    ]);
    const mesh = INVENTORY;
    expect(forwarding.concerns?.(mesh, mesh.networks)).toBe(false);
  });

  describeShells('is read', (shell) => {
    it('without our own table as an obstacle', () => {
      const path = fakes({
        nft: `case "$*" in
'list chains') printf 'table inet bridgehead_wg0 {\\n\\tchain forward {\\n\\t\\ttype filter hook forward priority filter; policy accept;\\n\\t}\\n}\\ntable ip filter {\\n\\tchain FORWARD {\\n\\t\\ttype filter hook forward priority filter; policy drop;\\n\\t}\\n}\\n' ;;
'-t list table ip filter') printf 'table ip filter {\\n\\tchain FORWARD {\\n\\t\\ttype filter hook forward priority filter; policy drop;\\n\\t}\\n}\\n' ;;
'list table inet bridgehead_wg0') printf 'table inet bridgehead_wg0 {\\n\\tchain forward {\\n\\t}\\n}\\n' ;;
esac`,
        systemctl: 'echo ActiveState=active; echo UnitFileState=enabled',
        ip: 'echo "192.168.1.0 dev eth7 src 192.168.1.10"',
      });
      const node = hubInventory.nodes.find(({ name }) => name === 'node-a') ?? nodeOf('node-a');
      const { stdout } = askGate(shell, forwarding, hubContext(), node, { path: [path] });
      expect(stdout).toContain('live 0 table inet bridgehead_wg0 {\nlive 0 chain forward {\n');
      expect(stdout).toContain('unit 0 ActiveState=active UnitFileState=enabled\n');
      expect(stdout).toContain('device 0 192.168.1.0/24 192.168.1.0 dev eth7 src 192.168.1.10\n');
      expect(stdout.match(/^nft .*$/gm)).toHaveLength(5);
      expect(stdout).not.toContain('nft inet.bridgehead');
    });
  });
});
