/** Rules as somebody may have them on a machine, and the ports that an inventory allows there. */
export interface RuleSet {
  readonly name: string;
  /** sh, run after everything of the set before is gone. */
  readonly rules: string;
  /** Entries of `allow:`. */
  readonly allow: readonly (string | { readonly port: string; readonly from: string })[];
}

const OUT = { 4: '198.51.100.21', 6: '2001:db8:21::21' } as const;

const BASE = `ct state established,related accept
iif lo accept
meta l4proto { icmp, ipv6-icmp } accept`;

/** An input chain of nft that drops what these rules don't accept. */
const nft = (rules: string, { priority = 0, family = 'inet', policy = 'drop' } = {}): string =>
  `nft -f - <<'END'
table ${family} filter_${priority < 0 ? 'early' : 'main'} {
  chain input {
    type filter hook input priority ${priority}; policy ${policy};
    ${BASE}
    ${rules}
  }
}
END`;

/** The same rules by iptables and ip6tables. */
const both = (rules: string): string =>
  `for tables in iptables ip6tables; do\n${rules.replaceAll(/^/gm, '$tables -w ')}\ndone`;

const ORACLE = `-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT`;

/** What Oracle's images end with; the rules of the middle come before it. */
const oracle = (middle = ''): string =>
  `iptables -N InstanceServices
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
iptables -A INPUT -p icmp -j ACCEPT
${both(`${ORACLE}${middle}`)}
iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited
ip6tables -A INPUT -j REJECT --reject-with icmp6-adm-prohibited`;

const ufw = (...commands: readonly string[]): string =>
  ['ufw default deny incoming', ...commands.map((command) => `ufw ${command}`), 'ufw --force enable'].join(
    '\n',
  );

/** What dockerd makes for a container at 172.17.0.2 that publishes port 8080. */
const DOCKER = `iptables -P FORWARD DROP
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
iptables -N DOCKER
iptables -N DOCKER-USER
iptables -A FORWARD -j DOCKER-USER
iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -o docker0 -j DOCKER
iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
iptables -A DOCKER-USER -j RETURN`;

const SSH = ['ssh'];

export const RULE_SETS: readonly RuleSet[] = [
  { name: 'no rules, nothing allowed', rules: ':', allow: SSH },
  { name: 'nft: only SSH', rules: nft('tcp dport 22 accept'), allow: SSH },
  {
    name: 'nft: a port that is allowed and open',
    rules: nft('tcp dport { 22, 80 } accept'),
    allow: [...SSH, '80/tcp'],
  },
  {
    name: 'nft: a port that is allowed and closed',
    rules: nft('tcp dport 22 accept'),
    allow: [...SSH, '80/tcp'],
  },
  { name: 'nft: a port too many', rules: nft('tcp dport { 22, 3000 } accept'), allow: SSH },
  {
    name: 'nft: a port that nobody listens on',
    rules: nft('tcp dport { 22, 443 } accept'),
    allow: [...SSH, '443/tcp'],
  },
  {
    name: 'nft: UDP, with somebody behind it',
    rules: nft('tcp dport 22 accept\nudp dport 53 accept'),
    allow: [...SSH, '53/udp'],
  },
  {
    name: 'nft: UDP, with nobody behind it',
    rules: nft('tcp dport 22 accept\nudp dport 5353 accept'),
    allow: [...SSH, '5353/udp'],
  },
  { name: 'nft: UDP too much', rules: nft('tcp dport 22 accept\nudp dport { 53, 5353 } accept'), allow: SSH },
  {
    name: 'nft: IPv4 only',
    rules: nft('tcp dport 22 accept\nmeta nfproto ipv4 tcp dport 80 accept'),
    allow: [...SSH, '80/tcp'],
  },
  {
    name: 'nft: IPv6 forgotten',
    rules: nft('tcp dport 22 accept', { family: 'ip' }),
    allow: SSH,
  },
  {
    name: 'nft: from us',
    rules: nft(
      `tcp dport 22 accept\nip saddr ${OUT[4]} tcp dport 80 accept\nip6 saddr ${OUT[6]} tcp dport 80 accept`,
    ),
    allow: [...SSH, { port: '80/tcp', from: 'out' }],
  },
  {
    name: 'nft: from others',
    rules: nft('tcp dport 22 accept\nip saddr 192.0.2.0/24 tcp dport 80 accept'),
    allow: [...SSH, { port: '80/tcp', from: '192.0.2.0/24' }],
  },
  {
    name: 'nft: all but one',
    rules: nft('tcp dport 3000 drop', { policy: 'accept' }),
    allow: [...SSH, '80/tcp'],
  },
  {
    name: 'nft: accepted early, dropped late',
    rules: `${nft('tcp dport { 22, 80 } accept', { priority: -10 })}\n${nft('tcp dport 22 accept')}`,
    allow: [...SSH, '80/tcp'],
  },
  {
    name: 'nft: redirected',
    rules: `${nft('tcp dport { 22, 80 } accept')}\nnft 'table inet nat { chain pre { type nat hook prerouting priority -100; tcp dport 9000 redirect to :80; }; }'`,
    allow: [...SSH, '80/tcp'],
  },
  {
    name: 'iptables: policy DROP',
    rules: both(
      `${ORACLE}\n-A INPUT -p ipv6-icmp -j ACCEPT\n-A INPUT -p tcp --dport 3000 -j ACCEPT\n-P INPUT DROP`,
    ),
    allow: SSH,
  },
  {
    name: 'iptables: IPv4 only',
    rules: `${both(ORACLE).replace(' ip6tables', '')}\niptables -P INPUT DROP`,
    allow: SSH,
  },
  {
    name: 'iptables: several ports at once',
    rules: both(
      `${ORACLE}\n-A INPUT -p ipv6-icmp -j ACCEPT\n-A INPUT -p tcp -m multiport --dports 80,443,3000:3001 -j ACCEPT\n-P INPUT DROP`,
    ),
    allow: [...SSH, '80/tcp', '443/tcp'],
  },
  { name: "Oracle's REJECT", rules: oracle(), allow: SSH },
  {
    name: "Oracle's REJECT before what is allowed",
    rules: `${oracle()}\n${both('-A INPUT -p tcp --dport 80 -j ACCEPT')}`,
    allow: [...SSH, '80/tcp'],
  },
  {
    name: "Oracle's REJECT after what is allowed",
    rules: oracle('\n-A INPUT -p tcp --dport 80 -j ACCEPT\n-A INPUT -p udp --dport 53 -j ACCEPT'),
    allow: [...SSH, '80/tcp', '53/udp'],
  },
  { name: 'UFW: only SSH', rules: ufw('allow 22/tcp'), allow: SSH },
  {
    name: 'UFW: web and DNS',
    rules: ufw('allow 22/tcp', 'allow 80/tcp', 'allow 53/udp'),
    allow: [...SSH, '80/tcp', '53/udp'],
  },
  { name: 'UFW: a rule left over', rules: ufw('allow 22/tcp', 'allow 3000'), allow: SSH },
  {
    name: 'UFW: IPv6 off',
    rules: `sed -i s/IPV6=yes/IPV6=no/ /etc/default/ufw\n${ufw('allow 22/tcp')}`,
    allow: SSH,
  },
  {
    name: 'UFW: limited and from one address',
    rules: ufw('limit 22/tcp', `allow proto tcp from ${OUT[6]} to any port 80`),
    allow: [...SSH, '80/tcp'],
  },
  { name: 'Docker: a published port', rules: DOCKER, allow: [...SSH, '80/tcp'] },
  { name: 'Docker: a published port past UFW', rules: `${ufw('allow 22/tcp')}\n${DOCKER}`, allow: SSH },
  {
    name: 'Docker: closed for others in DOCKER-USER',
    rules: `${ufw('allow 22/tcp')}\n${DOCKER}\niptables -I DOCKER-USER ! -i docker0 -p tcp -m conntrack --ctorigdstport 8080 -j DROP`,
    allow: SSH,
  },
];
