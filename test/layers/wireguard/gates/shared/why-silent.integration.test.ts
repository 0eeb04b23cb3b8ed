import { readFileSync } from 'node:fs';
import type { Finding } from '../../../../../src/layers/gate.js';
import { endpoints } from '../../../../../src/layers/wireguard/gates/endpoints.js';
import { INVENTORY, verdictOf } from '../fixture.js';

const NODES = INVENTORY.nodes.map(({ name }) => name);
const EDGE = 'ctb-edge-1';
const HOME = NODES.filter((name) => name !== EDGE);
const rules = (name: string): string =>
  readFileSync(`test/gates/firewall/rulesets/${name}.txt`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `nft ${line}`)
    .join('\n');

/** What all nodes say, where those of `deaf` (`FROM TO`) don't hear and home calls from `home`. */
function found(
  deaf: readonly string[],
  changes: {
    readonly home?: string;
    readonly more?: Readonly<Record<string, string>>;
    readonly outcome?: string;
  } = {},
): ReadonlyMap<string, Finding> {
  const replies = Object.fromEntries(
    NODES.map((node) => {
      const peers = NODES.filter((peer) => peer !== node);
      const sent = peers.map((peer) => {
        const lost = deaf.includes(`${node} ${peer}`);
        return `sent mesh ${peer} 2 ${lost ? (changes.outcome ?? 'silence') : 'answered'}`;
      });
      const heard = peers
        .filter((peer) => !deaf.includes(`${peer} ${node}`))
        .map(
          (peer) =>
            `heard mesh ${peer} ${peer === EDGE ? '198.51.100.25' : node === EDGE ? (changes.home ?? '203.0.113.10') : '192.168.15.9'}`,
        );
      return [node, [...sent, ...heard, changes.more?.[node] ?? ''].join('\n')];
    }),
  );
  const { findings } = verdictOf(endpoints, {}, replies);
  return new Map(
    findings.filter(({ go }) => !go).map((finding) => [`${finding.node} ${finding.peer}`, finding]),
  );
}

const toHome = HOME.map((node) => `${EDGE} ${node}`);

describe('why a datagram did not come out', () => {
  it('is the router, if everything else works', () => {
    const finding = found([`${EDGE} wk-1`]).get(`${EDGE} wk-1`);
    expect(finding?.seen).toBe('wk-1 received none of 2 datagrams');
    expect(finding?.fix).toMatch(/^forward UDP 203\.0\.113\.10:51820 to wk-1/);
  });

  it('is a home whose address has changed, if its nodes call from another one', () => {
    const all = found(toHome, { home: '203.0.113.77' });
    expect([...all.keys()]).toEqual(toHome);
    for (const { seen, fix } of all.values()) {
      expect(seen).toContain(
        'the inventory says 203.0.113.10 for site home, but its nodes reach ctb-edge-1 from 203.0.113.77',
      );
      expect(fix).toMatch(/^change `sites\.home\.public` from 203\.0\.113\.10 to 203\.0\.113\.77 in /);
      expect(fix).not.toContain('forward');
    }
  });

  it('is not a move if one forward of several is missing', () => {
    const finding = found([`${EDGE} ms-1`]).get(`${EDGE} ms-1`);
    expect(finding?.seen).not.toContain('the inventory says');
  });

  it('is not the router, if machines next to it are not heard either', () => {
    const deaf = [`${EDGE} wk-1`, 'ms-1 wk-1', 'wk-2 wk-1'];
    const finding = found(deaf).get(`${EDGE} wk-1`);
    expect(finding?.seen).toContain('nor does it hear ms-1, wk-2 next to it on the LAN');
    expect(finding?.fix).not.toMatch(/^forward/);
  });

  it.each<[string, string, string]>([
    [
      'oracle',
      "its firewall drops them: Oracle's image: table ip filter, chain INPUT, rule 6: reject",
      '`iptables -I INPUT 6 -p udp --dport 51820 -j ACCEPT` on wk-1',
    ],
    [
      'prerouting',
      'its firewall drops them: table inet raw, chain prerouting, rule 2: udp dport 51820',
      '`nft insert rule inet raw prerouting position 3',
    ],
    [
      'firewalld',
      'its firewall drops them: firewalld: table inet firewalld',
      '`firewall-cmd --add-port=51820/udp',
    ],
    ['ufw', 'its firewall drops them: UFW: ', '`ufw allow 51820/udp` on wk-1'],
  ])('is a firewall: %s', (name, seen, fix) => {
    const deaf = NODES.filter((node) => node !== 'wk-1').map((node) => `${node} wk-1`);
    const all = found(deaf, { more: { 'wk-1': rules(name) } });
    expect([...all.keys()].sort()).toEqual([...deaf].sort());
    for (const finding of all.values()) {
      expect(finding.seen).toContain(seen);
      expect(finding.fix?.startsWith(fix)).toBe(true);
    }
  });

  describe('if a rule may or may not match', () => {
    const DOUBTFUL = 'ip saddr @bad drop';
    const doubtful = [
      'table inet fw {',
      'chain in {',
      'type filter hook input priority filter; policy accept;',
      `${DOUBTFUL} # handle 4`,
      '}',
      '}',
    ]
      .map((line) => `nft ${line}`)
      .join('\n');
    const more = Object.fromEntries(HOME.map((node) => [node, doubtful]));

    it('is a home that has moved, all the same', () => {
      for (const { seen, fix } of found(toHome, { home: '203.0.113.77', more }).values()) {
        expect(seen).toContain('the inventory says 203.0.113.10 for site home');
        expect(seen).not.toContain('firewall');
        expect(fix).toMatch(/^change `sites\.home\.public`/);
      }
    });

    it('is not the router, if machines next to it are not heard either, and names the rule', () => {
      const deaf = [`${EDGE} wk-1`, 'ms-1 wk-1', 'wk-2 wk-1'];
      const finding = found(deaf, { more }).get(`${EDGE} wk-1`);
      expect(finding?.seen).toContain('nor does it hear ms-1, wk-2 next to it on the LAN');
      expect(finding?.seen).toContain(
        `its firewall may drop them: table inet fw, chain in, rule 1: ${DOUBTFUL}`,
      );
      expect(finding?.fix).toMatch(/^`nft insert rule inet fw in position 4 udp dport 51820 accept` on wk-1/);
    });

    it('is most likely the router, and the rule comes second', () => {
      const finding = found([`${EDGE} wk-1`], { more }).get(`${EDGE} wk-1`);
      expect(finding?.seen).toContain('its firewall may drop them: table inet fw');
      expect(finding?.fix).toMatch(
        /^forward UDP 203\.0\.113\.10:51820 to wk-1 .*; or, if its firewall is the cause: `nft insert/,
      );
    });
  });

  it('may be a firewall whose rules are too many to be judged', () => {
    const more = { 'wk-1': Array.from({ length: 8000 }, () => 'nft tcp dport 1 drop').join('\n') };
    const finding = found([`${EDGE} wk-1`], { more }).get(`${EDGE} wk-1`);
    expect(finding?.seen).toContain('; whether its firewall drops them is not known: its ruleset has');
    expect(finding?.fix).toMatch(
      /^forward UDP .*; or, if its firewall is the cause: find what drops them on wk-1/,
    );
  });

  it('is a route, not a firewall, if the sender says so', () => {
    const finding = found([`${EDGE} wk-1`], { outcome: 'Network is unreachable' }).get(`${EDGE} wk-1`);
    expect(finding?.seen).toContain(
      'ctb-edge-1 has no route to 203.0.113.10: a routing problem, not a firewall',
    );
    expect(finding?.fix).toContain('ip -4 route get 203.0.113.10');
  });
});
