import { readFileSync } from 'node:fs';
import type { SeenFirewall } from '../../../src/layers/firewall/probe/seen.js';
import { whyNot } from '../../../src/layers/firewall/refuse.js';
import { firewalld, zone } from './firewalld-model.js';
import { both, CLEAN, iptables, nft, rule, ruled, ufw } from './support.js';

const ORACLE = `:INPUT ACCEPT
:InstanceServices -
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited`;
/** firewalld's table as Debian 12 has it. */
const CAPTURED = readFileSync('test/gates/firewall/rulesets/firewalld.txt', 'utf8');
const REAL = nft(CAPTURED);
const OPEN = '{ on: edge, allow: [ssh] }';

/** What a node is like, and why it isn't closed; undefined if it can be, SSH kept. */
const CASES: readonly (readonly [
  what: string,
  rule: string,
  seen: Partial<SeenFirewall>,
  refused: RegExp | undefined,
])[] = [
  ['nothing is there', OPEN, {}, undefined],
  ['no rule mentions SSH', '{ on: edge, allow: [443/tcp] }', {}, undefined],
  [
    'SSH is only allowed from elsewhere',
    '{ on: edge, allow: [{ port: ssh, from: home }] }',
    {},
    /^this very login to edge comes from 203\.0\.113\.77 to port 22, .*; add 203\.0\.113\.77 to `from` of `ssh` in firewall\[0\]/,
  ],
  [
    'SSH is allowed from here',
    '{ on: edge, allow: [{ port: ssh, from: [home, 203.0.113.64/26] }] }',
    {},
    undefined,
  ],
  [
    'SSH is allowed from here on the other family only',
    '{ on: edge, allow: [{ port: ssh, from: 203.0.113.64/26 }] }',
    { login: { from: '2001:db8::77', to: '2001:db8::10', port: 22 } },
    /comes from 2001:db8::77/,
  ],
  [
    'the login comes through the tunnel, and the rules want it to',
    '{ on: edge, allow: [{ port: ssh, from: mesh }] }',
    { login: { from: '172.27.15.11', to: '172.27.15.1', port: 22, device: 'wg0' } },
    undefined,
  ],
  [
    'the login has an overlay address and comes from elsewhere',
    '{ on: edge, allow: [{ port: ssh, from: mesh }] }',
    { login: { from: '172.27.15.11', to: '172.27.15.1', port: 22, device: 'eth0' } },
    /keep out/,
  ],
  [
    'sshd listens on another port than the inventory knows',
    OPEN,
    { login: { from: '203.0.113.77', to: '198.51.100.10', port: 2222 }, sshPorts: [2222] },
    undefined,
  ],
  ['sshd moves to another port when it starts next', OPEN, { sshPorts: [22, 2222] }, undefined],
  ['nothing is known of the login', OPEN, { login: undefined as never }, undefined],
  ['UFW is on without a rule for SSH', OPEN, ufw({ rules: [] }), undefined],
  ['UFW limits SSH', OPEN, ufw({ rules: both({ action: 'limit' }) }), undefined],
  [
    'UFW denies SSH',
    OPEN,
    ufw({ rules: [rule({ action: 'deny' })] }),
    /^UFW has a rule on edge to deny what must be open: tcp 22 from anyone; `ufw allow proto tcp from any to any port 22` on edge, which replaces it/,
  ],
  ['UFW is enabled and was never loaded', OPEN, ufw({ rules: [], loaded: new Set() }), undefined],
  [
    'UFW lets everything in',
    OPEN,
    ufw({ closes: false }),
    /^UFW lets in on edge whatever no rule denies; make "deny" its default for incoming packets on edge, once `ufw status`/,
  ],
  [
    'UFW has a rule of its own before those that can be added',
    OPEN,
    {
      ...ufw(),
      ...iptables(`:INPUT DROP
:ufw-before-input -
:ufw-user-input -
-A INPUT -j ufw-before-input
-A ufw-before-input -p tcp --dport 22 -j DROP
-A ufw-before-input -j ufw-user-input
-A ufw-user-input -p tcp --dport 22 -j ACCEPT`),
    },
    /^22\/tcp must be open on edge for firewall\[0\], and another firewall drops it: UFW: table ip filter, chain ufw-before-input, rule 1/,
  ],
  ...['60500', '{ 22-24, 60500-60600 }', '!= { 51820, 60000-60400 }', '!= 51820-60400', '> 60600'].map(
    (ports): [string, string, Partial<SeenFirewall>, RegExp] => [
      `a rule drops a part of a range that must be open: ${ports}`,
      '{ on: edge, allow: [ssh, 60000-61000/udp] }',
      nft(`table inet mine {
  chain input {
    type filter hook input priority 0; policy accept;
    udp dport 60200 accept
    udp dport ${ports} drop
  }
}`),
      /^60000-61000\/udp must be open on edge for firewall\[0\], and another firewall drops it: table inet mine, chain input, rule 2: udp dport/,
    ],
  ),
  ['Oracle’s image rejects the rest', '{ on: edge, allow: [ssh, 443/tcp] }', iptables(ORACLE), undefined],
  [
    'Oracle’s rejects before UFW’s chains',
    '{ on: edge, allow: [ssh, 443/tcp] }',
    { ...ufw(), ...iptables(`${ORACLE}\n:ufw-user-input -\n-A INPUT -j ufw-user-input`) },
    undefined,
  ],
  [
    'somebody’s own nftables table drops SSH on IPv6',
    OPEN,
    nft(`table ip6 mine {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
  }
}`),
    /^22\/tcp must be open on edge .* table ip6 mine, chain input, which drops what no rule accepts; `nft add rule ip6 mine input tcp dport 22 accept` on edge/,
  ],
  [
    'Docker’s chains are there',
    '{ on: edge, allow: [ssh, 8080/tcp] }',
    iptables(`:INPUT ACCEPT
:FORWARD DROP
:DOCKER-USER -
-A FORWARD -j DOCKER-USER`),
    undefined,
  ],
  ['firewalld is on, and lets SSH in', OPEN, { ...firewalld(), ...REAL }, undefined],
  [
    'firewalld is on without a rule for SSH',
    OPEN,
    { ...firewalld([zone('public')]), ...nft(CAPTURED.replace('tcp dport 22 accept', '')) },
    undefined,
  ],
  [
    'firewalld starts at the next boot',
    OPEN,
    firewalld([], { running: false }),
    /^firewalld is enabled on edge and doesn't run: .*; keep it from starting at boot on edge, or start it there once/,
  ],
  [
    'firewalld does not start at the next boot',
    OPEN,
    firewalld(undefined, { enabled: false }),
    /^firewalld runs on edge and isn't enabled: from the next boot on nothing would close edge; have firewalld start at boot/,
  ],
  [
    'a zone of firewalld lets everything in',
    OPEN,
    firewalld([zone('public'), zone('trusted', { target: 'ACCEPT', interfaces: ['wg0'] })]),
    /^zone trusted of firewalld lets in on edge whatever no rule rejects; put its interfaces and sources into another zone/,
  ],
  [
    'a zone of firewalld lets everything in from containers',
    OPEN,
    firewalld([zone('public'), zone('docker', { target: 'ACCEPT', interfaces: ['docker0'] })]),
    undefined,
  ],
  [
    'a rule of firewalld rejects SSH',
    OPEN,
    firewalld([zone('public', { rules: ['rule port port="22" protocol="tcp" reject'] })]),
    /^zone public of firewalld on edge has a rule against what must be open, tcp 22 from anyone: rule port .*reject; remove that rule from zone public/,
  ],
  [
    'a rule of firewalld rejects somebody at SSH',
    OPEN,
    firewalld([
      zone('public', {
        rules: ['rule family="ipv4" source address="192.0.2.7" port port="22" protocol="tcp" reject'],
      }),
    ]),
    undefined,
  ],
  [
    'firewalld drops what a zone lets in',
    OPEN,
    {
      ...firewalld(),
      ...nft(
        CAPTURED.replace(/(chain filter_IN_public_deny \{.*)/, '$1\n\t\ttcp dport 22 drop # handle 900'),
      ),
    },
    /^22\/tcp must be open on edge for firewall\[0\], and firewalld drops it before its zones' last rules: firewalld: table inet firewalld, chain filter_IN_public_deny, rule 1/,
  ],
  ...['{ # progname firewalld', '{ # handle 9 progname firewalld'].map((end): (typeof CASES)[number] => [
    `firewalld owns its table, as ${end}`,
    OPEN,
    {
      ...firewalld(),
      ...nft(
        CAPTURED.replace(
          /(chain filter_IN_public_deny \{.*)/,
          '$1\n\t\ttcp dport 22 drop # handle 900',
        ).replace(/^(table inet firewalld) \{.*/m, `$1 ${end}`),
      ),
    },
    /chain filter_IN_public_deny, rule 1/,
  ]),
  [
    'a zone of firewalld drops with a lower priority than that of ours',
    OPEN,
    {
      ...firewalld(),
      ...nft(
        CAPTURED.replace('tcp dport 22 accept', '').replace(
          /(chain filter_IN_public_post \{.*)/,
          '$1\n\t\ttcp dport 22 drop # handle 901',
        ),
      ),
    },
    /^22\/tcp must be open on edge for firewall\[0\], and firewalld drops it .* chain filter_IN_public_post, rule 1/,
  ],
  [
    'the default zone of firewalld has a hyphen',
    OPEN,
    {
      ...firewalld([zone('wg-mesh')], { defaultZone: 'wg-mesh' }),
      ...nft(CAPTURED.replace('tcp dport 22 accept', '').replaceAll('filter_IN_public', 'filter_IN_wg-mesh')),
    },
    undefined,
  ],
  [
    'firewalld is in panic mode',
    OPEN,
    {
      ...firewalld(),
      ...nft(`table inet firewalld_policy_drop {
  chain raw_prerouting {
    type filter hook prerouting priority -291; policy drop;
  }
}`),
    },
    /^22\/tcp must be open on edge .*, and firewalld on it is in panic mode, which drops everything; `firewall-cmd --panic-off` on edge/,
  ],
  [
    'firewalld uses iptables',
    OPEN,
    firewalld(undefined, { iptables: true }),
    /^firewalld on edge uses iptables .*; set FirewallBackend=nftables/,
  ],
  [
    'another inventory closes the node',
    OPEN,
    { rules: { type: 'file', content: '# For the inventory: other\n' } as SeenFirewall['rules'] },
    /^the inventory other decides what edge lets in/,
  ],
  [
    'its rules are too many to be judged',
    OPEN,
    { tables: undefined },
    /^whether another firewall on edge drops what must be open is not known: its ruleset has 8000 lines or more/,
  ],
];

it.each(CASES)('if %s', (_what, rules, changes, refused) => {
  const seen = { ...CLEAN, ...changes };
  const { login, ...rest } = seen;
  const inventory = ruled(rules);
  const reasons = whyNot({ inventory, node: 'edge', seen: login === undefined ? rest : seen });
  const texts = reasons.map(({ message, fix }) => `${message}; ${fix}`);
  if (refused === undefined) expect(texts).toEqual([]);
  else expect(texts[0]).toMatch(refused);
});
