import { exposurePlan } from '../../../../src/layers/firewall/gates/probing/ports.js';
import { type Probe, probesOf } from '../../../../src/layers/firewall/gates/probing/probes.js';
import type { HeldPort } from '../../../../src/layers/firewall/gates/probing/sockets.js';
import { waysBetween, wayWords } from '../../../../src/layers/firewall/gates/probing/ways.js';
import { portWord } from '../../../../src/layers/firewall/validation.js';
import { TAILNET_ADDRESSES } from '../../../../src/layers/tailscale/facts.js';
import { resolve } from '../../../inventory/support.js';
import {
  asRuled,
  contextOf,
  exposed,
  type Fate,
  HELD,
  isDropped,
  passes,
  probeWord,
  wrongIn,
} from './world.js';

const ruleset = (text: string): readonly string[] => text.split('\n').map((line) => `nft ${line}`);

describe('the ways between two nodes', () => {
  const { inventory } = contextOf({});
  const ways = (from: string, to: string) =>
    waysBetween(inventory, from, to, { get: () => undefined }).map(
      (way) => `${wayWords(way)} from ${way.source}`,
    );

  it('are the LAN, the internet, the forwards of the router and the overlay, in each family that both have', () => {
    expect(ways('wk-2', 'wk-1')).toEqual([
      '192.168.15.3 from 192.168.15.4',
      '172.27.15.11 over wg0 from 172.27.15.12',
    ]);
    expect(ways('edge', 'wk-1')).toEqual([
      '203.0.113.8, which its router forwards from 198.51.100.25',
      '172.27.15.11 over wg0 from 172.27.15.31',
    ]);
    expect(ways('wk-1', 'edge')).toEqual([
      '198.51.100.25 from 203.0.113.8',
      '172.27.15.31 over wg0 from 172.27.15.11',
    ]);
  });
});

describe('the ports that are probed', () => {
  const context = contextOf({});
  const probes = [...probesOf(context, exposurePlan(context)).values()].flat();

  it('are those of closed nodes: what has to be open, what is listened on, what is open elsewhere, and a sample', () => {
    expect(new Set(probes.map(({ way }) => way.to))).toEqual(new Set(['edge', 'wk-1']));
    const onLan = probes.filter(({ way }) => way.via === 'LAN').map(portWord);
    expect(onLan).toEqual(
      expect.arrayContaining(['22/tcp', '8123/tcp', '9999/tcp', '443/tcp', '6379/tcp', '53/udp']),
    );
    expect(new Set(onLan).size).toBe(onLan.length);
  });

  it('are on a forward only the one that it leads to', () => {
    const forwarded = probes.filter(({ way }) => way.via === 'forward');
    expect(forwarded).toMatchObject([{ protocol: 'tcp', port: 443, arrives: 8443, must: true }]);
  });

  it('have to get in only where their source may', () => {
    const home = probes.filter(({ way, arrives }) => way.to === 'wk-1' && arrives === 8123);
    expect(home.map((probe) => [probe.way.via, probe.must])).toEqual(
      expect.arrayContaining([
        ['overlay', true],
        ['LAN', false],
      ]),
    );
  });
});

describe('a tailnet', () => {
  const { inventory } = resolve(`name: tailnet
sites:
  home: { subnet: 192.168.15.0/24, router: 192.168.15.1 }
nodes:
  edge: { public: 198.51.100.25 }
  wk-1: { site: home, lan: 192.168.15.3 }
networks:
  tail: { kind: tailscale, authKey: { env: TS_AUTHKEY } }
firewall:
  - { on: wk-1, allow: [ssh, { port: 8123/tcp, from: tail }] }
`);
  const seen: Readonly<Record<string, string>> = {
    edge: '100.64.0.1 fd7a:115c:a1e0::1',
    'wk-1': '100.64.0.2 fd7a:115c:a1e0::2',
  };
  const facts = {
    get: (node: string, fact: string) => (fact === TAILNET_ADDRESSES ? seen[node] : undefined),
  };
  const context = contextOf(
    {},
    {
      inventory,
      networks: [],
      measured: ['edge', 'wk-1'],
      facts,
      surveyed: new Map([['wk-1', { ports: HELD, translated: true }]]),
    },
  );

  it('is a way between its members once both have joined', () => {
    expect(waysBetween(inventory, 'edge', 'wk-1', facts).map(wayWords)).toEqual([
      '100.64.0.2 over tailscale0',
      'fd7a:115c:a1e0::2 over tailscale0',
    ]);
    expect(waysBetween(inventory, 'edge', 'wk-1', { get: () => undefined })).toEqual([]);
  });

  it('is open where a rule names it', () => {
    const fate = (probe: Probe) =>
      probe.must || /^(22\/tcp|41641\/udp) /.test(probeWord(probe)) ? passes(probe) : isDropped(probe);
    expect(wrongIn(exposed({ context, fate }))).toEqual([]);
  });

  it('is not asked for the port at which tailscaled itself answers, before any firewall', () => {
    const api: HeldPort = {
      protocol: 'tcp',
      port: 58436,
      holder: 'tailscaled (tailscaled.service)',
      isSshd: false,
    };
    const held = { ...context, surveyed: new Map([['wk-1', { ports: [...HELD, api], translated: true }]]) };
    const words = [...probesOf(held, exposurePlan(held)).values()].flat().map(probeWord);
    expect(words).toContain('9999/tcp overlay');
    expect(words).not.toContain('58436/tcp overlay');
  });

  it('shows what its own rules let in before those of UFW are asked', () => {
    const rules = ruleset(`table ip filter {
chain ts-input {
iifname "tailscale0" counter packets 4 bytes 9 accept # handle 4
}
chain INPUT {
type filter hook input priority filter; policy drop;
jump ts-input # handle 3
jump ufw-user-input # handle 5
}
chain ufw-user-input {
}
}`);
    const verdict = exposed({
      context,
      fate: (probe) => (probeWord(probe) === '9999/tcp overlay' ? passes(probe) : asRuled(probe)),
      rules: { 'wk-1': rules },
    });
    expect(wrongIn(verdict)[0]).toMatch(
      /^edge -> wk-1: closed to edge: 9999\/tcp at 100\.64\.0\.2 over tailscale0.* \| open, nobody listens on it; Tailscale: table ip filter, chain ts-input, rule 1: .* \| close it by the tailnet's access rules, or have Tailscale on wk-1 use no chains of its own/,
    );
  });
});

describe('exposure', () => {
  it('is GO if what has to get in does, and nothing else', () => {
    const verdict = exposed({ context: contextOf({}), fate: asRuled });
    expect(wrongIn(verdict)).toEqual([]);
    expect(verdict.summary).toMatch(/^4 of 4 pairs as the firewall rules say \(\d+ ports probed\)$/);
    expect(verdict.findings.map(({ node }) => node)).toEqual(
      expect.arrayContaining(['edge', 'wk-1', 'wk-2']),
    );
  });

  it('names the rule that opens a port, whose it is and who listens there', () => {
    const rules = ruleset(`table ip filter {
chain INPUT {
type filter hook input priority filter; policy drop;
jump ufw-user-input # handle 3
}
chain ufw-user-input {
tcp dport 8123 counter packets 4 bytes 9 accept # handle 9
}
}`);
    const verdict = exposed({
      context: contextOf({}),
      fate: (probe) => (probeWord(probe) === '8123/tcp LAN' ? passes(probe) : asRuled(probe)),
      rules: { 'wk-1': rules },
    });
    expect(wrongIn(verdict)).toEqual([
      'wk-2 -> wk-1: closed to wk-2: 8123/tcp at 192.168.15.3 | open, python3 (hass.service) listens on it; UFW: table ip filter, chain ufw-user-input, rule 1: tcp dport 8123 accept | remove it from UFW on wk-1, where `ufw status numbered` lists it, or allow it in `firewall:`',
    ]);
  });

  it.each([
    [
      'filter_IN_public_allow',
      'remove 8123/tcp from zone public on wk-1, where `firewall-cmd --zone=public --list-all` lists it, or allow it in `firewall:`',
    ],
    [
      'filter_IN_public_post',
      'apply the phase with the step firewall on wk-1, which removes rules of priority 20117; else remove 8123/tcp from zone public on wk-1, where `firewall-cmd --zone=public --list-all` lists it, or allow it in `firewall:`',
    ],
    [
      'filter_IN_policy_mine_allow',
      "remove 8123/tcp from firewalld's policies on wk-1, where `firewall-cmd --list-all-policies` lists it, or allow it in `firewall:`",
    ],
  ])('names what of firewalld opens a port: %s', (chain, fix) => {
    const rules = ruleset(`table inet firewalld {
chain filter_INPUT {
type filter hook input priority filter + 10; policy accept;
goto filter_IN_public # handle 3
}
chain filter_IN_public {
jump ${chain} # handle 4
reject with icmpx admin-prohibited # handle 5
}
chain ${chain} {
tcp dport 8123 accept # handle 9
}
}`);
    const verdict = exposed({
      context: contextOf({}),
      fate: (probe) => (probeWord(probe) === '8123/tcp LAN' ? passes(probe) : asRuled(probe)),
      rules: { 'wk-1': rules },
    });
    expect(wrongIn(verdict)).toEqual([
      `wk-2 -> wk-1: closed to wk-2: 8123/tcp at 192.168.15.3 | open, python3 (hass.service) listens on it; firewalld: table inet firewalld, chain ${chain}, rule 1: tcp dport 8123 accept | ${fix}`,
    ]);
  });

  it('counts what Docker forwards to a container as open', () => {
    const rules = ruleset(`table ip nat {
chain DOCKER {
iifname != "docker0" tcp dport 9999 counter dnat to 172.17.0.2:80 # handle 4
}
}`);
    const verdict = exposed({
      context: contextOf({}),
      fate: (probe) =>
        probeWord(probe) === '9999/tcp LAN'
          ? { outcome: 'open', seen: 'eth0 192.168.15.4 9999 - docker0 172.17.0.2 80' }
          : asRuled(probe),
      rules: { 'wk-1': rules },
    });
    expect(wrongIn(verdict)).toEqual([
      'wk-2 -> wk-1: closed to wk-2: 9999/tcp at 192.168.15.3 | open, forwarded to 172.17.0.2:80; Docker: table ip nat, chain DOCKER, rule 1: iifname != "docker0" tcp dport 9999 dnat to 172.17.0.2:80 | publish it for one address only on wk-1, such as `-p 127.0.0.1:9999:PORT`, or allow it in `firewall:`',
    ]);
  });

  it('says that nothing drops it if there are no rules', () => {
    const verdict = exposed({ context: contextOf({}), fate: (probe) => passes(probe) });
    expect(wrongIn(verdict)).toContainEqual(
      expect.stringMatching(
        /^wk-2 -> wk-1: closed to wk-2: .* and \d+ more at 192\.168\.15\.3; .* no rule on wk-1 drops it/,
      ),
    );
  });

  it.each([
    [
      'nothing arrives',
      'silence',
      'it does not arrive at wk-1',
      'forward TCP port 443 to wk-1, port 8443, on the router of its site',
    ],
    [
      'a router refuses it',
      'icmp 3 13 203.0.113.8',
      'it does not arrive at wk-1; 203.0.113.8 refuses it',
      'forward TCP',
    ],
    [
      'the sender has no route',
      'Network is unreachable',
      'edge cannot send it: Network is unreachable',
      'check `ip -4 route get 203.0.113.8` on edge',
    ],
    [
      'the sender may not',
      'Operation not permitted',
      'the firewall of edge drops it on its way out',
      'let edge send to 203.0.113.8',
    ],
  ])('is STOP if %s that has to get in', (_what, outcome, seen, fix) => {
    const verdict = exposed({
      context: contextOf({}),
      fate: (probe) => (probe.way.via === 'forward' ? { outcome } : asRuled(probe)),
    });
    expect(verdict.findings.filter(({ go }) => !go)).toMatchObject([
      { node: 'edge', peer: 'wk-1', seen, fix: expect.stringContaining(fix) },
    ]);
  });

  it('judges a packet by the source that it really has', () => {
    const verdict = exposed({
      context: contextOf({}),
      fate: (probe) =>
        probeWord(probe) === '8123/tcp overlay'
          ? { outcome: 'silence', seen: `wg0 10.0.0.9 8123 - - - -` }
          : asRuled(probe),
    });
    expect(wrongIn(verdict)).toContainEqual(
      expect.stringMatching(
        /^edge -> wk-1: open to edge: 8123\/tcp .* it arrives from 10\.0\.0\.9 on wg0, which no rule of wk-1 lets in; the inventory has 172\.27\.15\.31 for edge/,
      ),
    );
  });

  it.each([
    [
      false,
      'it is answered, before wk-1 was ready to see the packet; python3 (hass.service) listens on it',
      'apply the phase with the step firewall on wk-1',
    ],
    [
      true,
      'something answers in place of wk-1, which did not see the packet; python3 (hass.service) listens on it',
      'find out what is in front of wk-1 and has its address',
    ],
  ])(
    'is STOP for a closed port that answers, although its node sees nothing; listening: %s',
    (heard, seen, fix) => {
      const verdict = exposed({
        context: contextOf({}),
        heard: (_node, other) => heard || other !== 'wk-1',
        fate: (probe) => (probeWord(probe) === '8123/tcp LAN' ? { outcome: 'open' } : asRuled(probe)),
      });
      expect(wrongIn(verdict)).toEqual([
        `wk-2 -> wk-1: closed to wk-2: 8123/tcp at 192.168.15.3 | ${seen} | ${fix}, or allow it in \`firewall:\``,
      ]);
    },
  );

  it('notes a pair of which neither heard the other, for silence proves nothing then', () => {
    const fate = (probe: Probe): Fate =>
      probe.way.from === 'wk-2' && probe.way.to === 'edge' && !probe.must
        ? { outcome: 'silence' }
        : asRuled(probe);
    const isApart = (one: string, other: string): boolean => [one, other].sort().join() === 'edge,wk-2';
    const context = contextOf({});
    const verdict = exposed({
      context: { ...context, inventory: { ...context.inventory, openings: [] } },
      heard: (node, other) => !isApart(node, other),
      fate,
    });
    expect(verdict.findings.filter(({ noted }) => noted)).toMatchObject([
      {
        go: true,
        node: 'wk-2',
        peer: 'edge',
        seen: expect.stringMatching(/^not measured: nothing of wk-2 arrives at edge, at 198\.51\.100\.25/),
      },
    ]);
    expect(verdict.summary).toMatch(/^3 of 4 pairs /);
  });

  it('is STOP for a closed node at which nothing of any other arrives', () => {
    const fate = (probe: Probe): Fate => (probe.way.to === 'edge' ? { outcome: 'silence' } : asRuled(probe));
    const context = contextOf({});
    const verdict = exposed({
      context: { ...context, inventory: { ...context.inventory, openings: [] } },
      heard: (node, other) => node !== 'edge' && other !== 'edge',
      fate,
    });
    const wrong = verdict.findings.filter(({ go }) => !go);
    expect(new Set(wrong.map(({ peer }) => peer))).toEqual(new Set(['edge']));
    expect(wrong.map(({ node, seen }) => [node, seen.split(',')[0]])).toEqual([
      ['wk-1', 'not measured: nothing of wk-1 arrives at edge'],
      ['wk-2', 'not measured: nothing of wk-2 arrives at edge'],
    ]);
    expect(wrong.some(({ noted }) => noted)).toBe(false);
  });

  it('is STOP for a closed node whose listening ports could not be read', () => {
    const verdict = exposed({ context: contextOf({}, { surveyed: new Map() }), fate: asRuled });
    expect(verdict.findings.filter(({ go }) => !go).map(({ node, seen }) => `${node}: ${seen}`)).toEqual([
      'edge: they could not be read',
      'wk-1: they could not be read',
    ]);
  });

  it('does not claim to know what rules translate if they are too many to be read', () => {
    const held = { ports: HELD, translated: false };
    const context = contextOf(
      {},
      {
        surveyed: new Map([
          ['edge', held],
          ['wk-1', held],
        ]),
      },
    );
    const { findings } = exposed({ context, fate: asRuled });
    expect(findings.filter(({ noted }) => noted).map(({ node, seen }) => `${node}: ${seen}`)).toEqual(
      ['edge', 'wk-1'].map((node) => expect.stringMatching(`^${node}: they are not known: its ruleset has`)),
    );
  });

  it('says that the rule is not known if the rules are too many to be read', () => {
    const rules = { 'wk-1': Array.from({ length: 8000 }, () => 'nft tcp dport 1 drop') };
    const fate = (probe: Probe): Fate =>
      probe.way.to === 'wk-1' && probe.must ? isDropped(probe) : asRuled(probe);
    const wrong = exposed({ context: contextOf({}), fate, rules }).findings.filter(({ go }) => !go);
    expect(wrong.length).toBeGreaterThan(0);
    for (const { seen } of wrong)
      expect(seen).toMatch(/^wk-1 drops it, by which rule is not known: its ruleset/);
    const open = (probe: Probe): Fate => (probe.way.to === 'wk-1' ? passes(probe) : asRuled(probe));
    const [first] = exposed({ context: contextOf({}), fate: open, rules }).findings.filter(({ go }) => !go);
    expect(first?.seen).toMatch(/^open, .*; by which rule is not known: its ruleset/);
  });
});
