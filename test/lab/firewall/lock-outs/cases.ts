import { LOGIN, type LockOut, playbookOf, scriptOf } from './case.js';

const SSH_ONLY = [{ on: 'all', allow: ['ssh'] }];
/** What UFW is as long as nobody has told it anything, but on. */
const UFW_ON =
  'ufw --force reset >/dev/null; ufw default deny incoming >/dev/null; ufw allow 22/tcp >/dev/null; ufw --force enable >/dev/null';
/** UFW as its settings say it is at the next boot; its rules aren't in the kernel. */
const ufwLater = (rule: string): string =>
  `ufw --force reset >/dev/null; ufw default deny incoming >/dev/null; ${rule} >/dev/null; sed -i s/^ENABLED=.*/ENABLED=yes/ /etc/ufw/ufw.conf`;
const both = (rules: string): string =>
  rules
    .split('\n')
    .map((rule) => `iptables -w ${rule}; ip6tables -w ${rule}`)
    .join('\n');
const nftTable = (name: string, rules: string): string =>
  `table inet ${name} { chain input { type filter hook input priority filter; policy drop; ct state established,related accept; iif lo accept; meta l4proto { icmp, ipv6-icmp } accept; ${rules}; }; }`;
const CONF = `#!/usr/sbin/nft -f\nflush ruleset\n${nftTable('mine', 'tcp dport 443 accept')}\n`;

const FIREWALL = { on: 'closed', firewall: {} };
const sshdSnippet = (text: string, name = '00-mine') => ({
  file: { path: `/etc/ssh/sshd_config.d/${name}.conf`, content: `${text}\n` },
});

/** Bad changes and foreign states that would cut SSH, each with how it must end. Of each kind, the first is always tried. */
export const LOCK_OUTS: readonly LockOut[] = [
  {
    name: 'UFW is enabled with SSH forgotten',
    kind: 'ufw',
    playbook: scriptOf('ufw default deny incoming; ufw --force enable'),
    ends: 'reverted',
  },
  {
    name: 'UFW, on from the next boot, denies SSH',
    kind: 'ufw refusal',
    before: ufwLater('ufw deny 22/tcp'),
    firewall: SSH_ONLY,
    ends: /^E_FIREWALL: UFW has a rule on \S+ to deny what must be open: tcp 22 from anyone/,
  },
  {
    name: 'UFW, on from the next boot, has no rule for SSH',
    kind: 'ufw',
    before: ufwLater('ufw allow 443/tcp'),
    firewall: SSH_ONLY,
    ends: 'kept',
  },
  {
    name: 'UFW drops all but the controller, and is given the rules of the inventory',
    kind: 'ufw',
    before: `ufw --force reset >/dev/null; ufw allow from ${LOGIN} to any port 22 proto tcp >/dev/null; ufw --force enable >/dev/null`,
    firewall: SSH_ONLY,
    ends: 'kept',
  },
  {
    name: 'UFW is reset in the same round that closes the node, and enabled again',
    kind: 'ufw',
    before: UFW_ON,
    firewall: SSH_ONLY,
    playbook: playbookOf(
      FIREWALL,
      ...scriptOf('ufw --force reset; ufw default deny incoming; ufw --force enable').phases[0].steps,
    ),
    ends: 'reverted',
  },
  {
    name: 'the rules of iptables are flushed in the same round that closes the node, and UFW’s policy stays',
    kind: 'flush',
    before: UFW_ON,
    firewall: SSH_ONLY,
    playbook: playbookOf(FIREWALL, ...scriptOf(both('-F')).phases[0].steps),
    ends: 'reverted',
  },
  {
    name: 'a table of the user’s own lets in only the controller',
    kind: 'nft refusal',
    before: `nft '${nftTable('mine', `ip saddr ${LOGIN} tcp dport 22 accept`)}'`,
    firewall: SSH_ONLY,
    ends: /^E_FIREWALL: 22\/tcp must be open on \S+ for firewall\[0\], and another firewall drops it: table inet mine, chain input/,
  },
  {
    name: 'nftables is restarted with a configuration without SSH',
    kind: 'nft',
    playbook: playbookOf(
      { file: { path: '/etc/nftables.conf', mode: '0755', content: CONF } },
      {
        service: {
          unit: 'nftables.service',
          running: true,
          enabled: true,
          restartAfter: ['/etc/nftables.conf'],
        },
      },
    ),
    ends: 'reverted',
  },
  {
    name: 'Docker’s chain for the user drops what comes in',
    kind: 'iptables',
    playbook: scriptOf(
      `iptables -N DOCKER-USER; ip6tables -N DOCKER-USER\n${both('-A DOCKER-USER -j DROP\n-I INPUT -m conntrack --ctstate NEW -j DOCKER-USER')}`,
    ),
    ends: 'reverted',
  },
  {
    name: 'a last rule like that of Oracle’s images rejects all but the controller',
    kind: 'iptables',
    before: `iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -s ${LOGIN} -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -j REJECT --reject-with icmp-host-prohibited`,
    firewall: SSH_ONLY,
    ends: 'kept',
  },
  {
    name: 'a last rule like that of Oracle’s images comes before all others',
    kind: 'iptables',
    playbook: scriptOf(
      'iptables -I INPUT -m conntrack --ctstate NEW -j REJECT --reject-with icmp-host-prohibited',
    ),
    ends: 'reverted',
  },
  {
    name: 'what iptables-persistent would load is loaded, and has no SSH',
    kind: 'iptables',
    playbook: scriptOf(`mkdir -p /etc/iptables
printf '%s\\n' '*filter' ':INPUT DROP' ':FORWARD DROP' ':OUTPUT ACCEPT' '-A INPUT -i lo -j ACCEPT' '-A INPUT -p tcp --dport 443 -j ACCEPT' COMMIT | tee /etc/iptables/rules.v4 >/etc/iptables/rules.v6
iptables-restore /etc/iptables/rules.v4; ip6tables-restore /etc/iptables/rules.v6`),
    ends: 'reverted',
  },
  {
    name: 'firewalld’s zone loses SSH',
    kind: 'firewalld',
    lane: 'zone',
    playbook: scriptOf('firewall-cmd --zone=public --remove-service=ssh'),
    ends: 'reverted',
  },
  {
    name: 'firewalld is restarted with a zone without SSH',
    kind: 'firewalld',
    lane: 'zone',
    playbook: scriptOf(
      'firewall-cmd --permanent --zone=public --remove-service=ssh; systemctl restart firewalld',
    ),
    ends: 'reverted',
  },
  {
    name: 'firewalld’s zone drops what it lets in, and its reload flushes the rules of iptables and what was only live',
    kind: 'firewalld',
    lane: 'zone',
    before: `firewall-cmd --permanent --new-ipset=admins --type=hash:net
firewall-cmd --permanent --zone=public --remove-service=ssh
firewall-cmd --permanent --zone=public --add-rich-rule='rule source ipset="admins" service name="ssh" accept'
firewall-cmd --reload
firewall-cmd --ipset=admins --add-entry=${LOGIN}
firewall-cmd --zone=public --add-service=https
for chain in FORWARD OUTPUT; do iptables -P $chain ACCEPT; done
iptables -A INPUT -s 192.0.2.9 -j DROP`,
    playbook: scriptOf('firewall-cmd --permanent --zone=public --set-target=DROP; firewall-cmd --reload'),
    ends: 'reverted',
  },
  {
    name: 'firewalld’s zone loses SSH in the same round that closes the node',
    kind: 'firewalld',
    lane: 'zone',
    firewall: SSH_ONLY,
    playbook: playbookOf(
      FIREWALL,
      ...scriptOf(`for when in '' --permanent; do
  firewall-cmd $when --zone=public --remove-service=ssh
  firewall-cmd $when --zone=public --remove-rich-rule='rule priority="20117" port port="22" protocol="tcp" accept'
done`).phases[0].steps,
    ),
    ends: 'reverted',
  },
  {
    name: 'firewalld has no rule for SSH but one for the controller, and is given the rules of the inventory',
    kind: 'firewalld',
    lane: 'zone',
    before: `for when in '' --permanent; do
  firewall-cmd $when --zone=public --add-rich-rule='rule family="ipv4" source address="${LOGIN}" port port="22" protocol="tcp" accept'
  firewall-cmd $when --zone=public --remove-service=ssh
done`,
    firewall: SSH_ONLY,
    ends: 'kept',
  },
  {
    name: 'firewalld rejects SSH',
    kind: 'firewalld refusal',
    lane: 'zone',
    before: `firewall-cmd --zone=public --add-rich-rule='rule family="ipv4" source address="192.0.2.0/24" port port="22" protocol="tcp" reject'
firewall-cmd --permanent --zone=public --add-rich-rule='rule port port="22" protocol="tcp" drop'`,
    firewall: SSH_ONLY,
    ends: /^E_FIREWALL: zone public of firewalld on \S+ has a rule against what must be open, tcp 22 from anyone/,
  },
  {
    name: 'ssh.socket listens on another port',
    kind: 'sshd',
    before: 'systemctl disable --now ssh.service; systemctl enable --now ssh.socket',
    playbook: playbookOf(
      {
        file: {
          path: '/etc/systemd/system/ssh.socket.d/mine.conf',
          content: '[Socket]\nListenStream=\nListenStream=2222\n',
        },
      },
      { service: { unit: 'ssh.socket', restartAfter: ['/etc/systemd/system/ssh.socket.d/mine.conf'] } },
    ),
    ends: 'reverted',
  },
  {
    name: 'sshd moves to another port',
    kind: 'sshd',
    // In place of the file that has the lab's port: sshd listens at each that some file names.
    playbook: playbookOf(sshdSnippet('Port 2222', '00-bridgehead-lab')),
    ends: 'reverted',
  },
  {
    name: 'sshd listens on loopback only',
    kind: 'sshd',
    playbook: playbookOf(sshdSnippet('ListenAddress 127.0.0.1')),
    ends: 'reverted',
  },
  {
    name: 'sshd lets in only somebody else',
    kind: 'sshd',
    playbook: playbookOf(sshdSnippet('AllowUsers somebody')),
    ends: 'reverted',
  },
  {
    name: 'a rule of the inventory allows nothing, and so not SSH either',
    kind: 'rules',
    firewall: [{ on: 'all', allow: [] }],
    ends: 'kept',
  },
  {
    name: 'the rules of the inventory let in SSH from elsewhere only',
    kind: 'rules refusal',
    firewall: [{ on: 'all', allow: [{ port: 'ssh', from: '192.0.2.0/24' }] }],
    ends: /^E_FIREWALL: this very login to \S+ comes from \S+ to port 22, which its rules keep out/,
  },
  {
    name: 'logins come over IPv6, and the rules know only IPv4',
    kind: 'rules refusal',
    overSix: true,
    firewall: [{ on: 'all', allow: [{ port: 'ssh', from: '0.0.0.0/0' }] }],
    ends: /^E_FIREWALL: this very login to \S+ comes from 2001:db8:\S+ to port 22, which its rules keep out/,
  },
  {
    name: 'logins come over IPv6, and only that is dropped',
    kind: 'iptables',
    overSix: true,
    playbook: scriptOf('ip6tables -I INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j DROP'),
    ends: 'reverted',
  },
  {
    name: 'a jump host is closed',
    kind: 'jump',
    lane: 'jump',
    playbook: scriptOf(
      `nft 'table inet early { chain input { type filter hook input priority -5; policy drop; ct state established accept; }; }'`,
    ),
    ends: 'reverted',
  },
  {
    name: 'networkd is restarted with another address',
    kind: 'routes',
    playbook: scriptOf(`file=$(ls /etc/systemd/network/*host0.network)
sed -i '/^Address=/d; /^\\[Network\\]/a Address=192.0.2.99/24' "$file"
systemctl restart systemd-networkd; sleep 1; ip addr flush dev host0 scope global; networkctl reconfigure host0`),
    ends: 'reverted',
  },
  {
    name: 'a table of routes takes the controller’s way, as accepted routes of Tailscale would',
    kind: 'routes',
    playbook: scriptOf(`ip route add unreachable ${LOGIN} table 52
ip rule add pref 5270 lookup 52`),
    ends: 'reverted',
  },
];
