import { pristine } from '../../../../src/layers/wireguard/gates/pristine.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells } from '../../../support/shells.js';
import { verdictOn } from '../../../support/verdict-on.js';
import { fakes } from './fakes.js';
import {
  askGate,
  gateContext,
  INVENTORY,
  NETWORK,
  nodeOf,
  reply,
  scriptOf,
  stops,
  verdictOf,
} from './fixture.js';

const one = { measured: ['ms-1'] };
const RULES = ['0: from all lookup local', '32766: from all lookup main', '32767: from all lookup default'];
const clean = [
  ...RULES.map((rule) => `rule 4 ${rule}`),
  ...RULES.slice(0, 2).map((rule) => `rule 6 ${rule}`),
  'address lo 127.0.0.1/8',
  'address eth0 192.168.15.2/24',
];
const FREE = 'network 0 nobody no no';
const owners = (...said: readonly string[]): string => ['@@ part owners', '@@ part wg0', ...said].join('\n');
/** As the node answers: its words first, then what is read part by part. */
const answered = (said: readonly string[]) => {
  const isPart = (text: string): boolean => text.startsWith('@@ part ');
  const words = said.filter((text) => !isPart(text));
  return reply(['@@ part words', ...words, 'end', ...said.filter(isPart)].join('\n'));
};
const HEADED = ['@config ', '# Managed by Bridgehead: edits here are lost.', '[Interface]'];
const OURS = ['network 0 ours yes no', owners(...HEADED, 'Address = 172.27.15.11/32')];
const firewall = [
  'table inet filter {',
  'chain input {',
  'type filter hook input priority filter; policy drop;',
  'tcp dport 22 accept',
  '}',
  '}',
].map((line) => `nft ${line}`);

describe('pristine', () => {
  it('advises nothing that deletes what may be somebody else’s', () => {
    const said = answered([FREE, ...clean, 'folder /etc/cni 1 /etc/cni/x']);
    const [stop] = verdictOf(pristine, {}, { 'ms-1': said }, one).findings;
    expect(stop?.fix).toMatch(/^find out what put it there/);
    expect(stop?.fix).not.toContain('rm ');
  });

  it.each([
    ['a clean machine', [FREE, ...clean], []],
    ['our own network, and a cluster on it', [...OURS, ...clean.slice(5), 'address wg0 172.27.15.12/32'], []],
    ['a service of k3s', [FREE, ...clean, 'unit k3s.service', 'unit k3s.service'], ['ms-1: k3s.service']],
    [
      'a folder of a network plugin',
      [FREE, ...clean, 'folder /etc/cni 2 /etc/cni/net.d/10-flannel.conflist'],
      ['ms-1: 2 files that no installed package owns, such as /etc/cni/net.d/10-flannel.conflist'],
    ],
    [
      'a rule of another VPN',
      [FREE, ...clean, 'rule 4 100: from all fwmark 0x1 lookup 51820'],
      ['ms-1: ip -4 rule 100: from all fwmark 0x1 lookup 51820'],
    ],
    [
      "somebody else's config",
      [
        'network 0 foreign yes yes',
        owners('@mtu 1420', '@config ', '[Interface]', 'Address = 10.66.0.1/24'),
        ...clean,
      ],
      ['ms-1: /etc/wireguard/wg0.conf, which Bridgehead did not write', 'ms-1: something listens on it'],
    ],
    [
      "another inventory's config",
      [
        'network 0 ours yes yes',
        owners(...HEADED, 'Address = 10.66.0.1/32', '[Peer]', `PublicKey = ${'A'.repeat(43)}=`),
        ...clean,
      ],
      [
        'ms-1: /etc/wireguard/wg0.conf, written for another inventory: its address is 10.66.0.1/32, and its peers are unknown here',
        'ms-1: something listens on it',
      ],
    ],
    [
      "somebody else's interface",
      ['network 0 nobody yes no', owners('@mtu 1420', '@interface B= 51820'), ...clean],
      ['ms-1: a running interface that Bridgehead did not make'],
    ],
    ['a taken port', ['network 0 nobody no yes', ...clean], ['ms-1: something listens on it']],
    [
      'a port taken while our interface is down',
      ['network 0 ours no yes', ...clean],
      ['ms-1: something listens on it'],
    ],
    [
      'a port that the network’s own interface has, whose record and header are gone',
      ['network 0 foreign yes yes', 'listen wg0 51820', ...clean],
      [],
    ],
    [
      'a port that another WireGuard interface has',
      ['network 0 nobody no yes', 'listen wg9 51820', ...clean],
      ['ms-1: the WireGuard interface wg9 listens on it'],
    ],
    [
      'a port and an address that our own interface has under its former name',
      [
        'network 0 nobody no yes',
        'listen wg7 51820',
        ['@@ part left', '@@ left wg7', ...HEADED, 'Address = 172.27.15.12/32'].join('\n'),
        ...clean,
        'address wg7 172.27.15.12/32',
        'boot wg7 wg-quick@wg7.service port 51820',
      ],
      [],
    ],
    [
      'a tunnel that will take the port and an address at the next boot',
      [
        FREE,
        ...clean,
        'boot old wg-quick@old.service port 51820',
        'boot old wg-quick@old.service address 10.1.1.1/24 172.27.15.90/32',
        'boot fine wg-quick@fine.service port 51999',
      ],
      [
        'ms-1: wg-quick@old.service is enabled and takes it',
        'ms-1: wg-quick@old.service is enabled and takes it',
      ],
    ],
    [
      'an address in the overlay',
      [FREE, ...clean, 'address wg9 172.27.15.40/24'],
      ['ms-1: 172.27.15.40/24 on wg9'],
    ],
    [
      'a firewall that drops',
      [FREE, ...clean, ...firewall],
      ['ms-1: table inet filter, chain input, which drops what no rule accepts'],
    ],
    [
      'a firewall that drops, on our own network',
      [...OURS, ...firewall],
      ['ms-1: table inet filter, chain input, which drops what no rule accepts'],
    ],
  ])('%s', (_what, said, expected) => {
    const verdict = verdictOf(pristine, {}, { 'ms-1': answered(said) }, one);
    expect(stops(verdict)).toEqual(expected);
    expect(verdict.summary).toContain(expected.length === 0 ? '1 of 1 node clean' : '0 of 1 node clean');
  });

  it('needs IPv6 on if the network has it', () => {
    const members = NETWORK.members.map((member) => ({
      ...member,
      addresses: [...member.addresses, 'fd27::1'],
    }));
    const inventory = { ...INVENTORY, networks: [{ ...NETWORK, members }] };
    const verdict = verdictOf(pristine, {}, { 'ms-1': answered(['ipv6-off', FREE]) }, { ...one, inventory });
    expect(stops(verdict)).toEqual(['ms-1: IPv6 is off on ms-1']);
    expect(verdict.findings[0]).toMatchObject({
      expected: 'IPv6 on, for fd27::1 of network mesh',
      fix: expect.stringMatching(/^turn IPv6 on on ms-1: .* or give ms-1 IPv4 addresses only in mesh$/),
    });
    const context = gateContext({}, { inventory });
    expect(scriptOf(pristine, context, nodeOf('ms-1'))).toContain('/proc/sys/net/ipv6/conf/wg0/disable_ipv6');
  });

  describeShells('the probe', (shell) => {
    const rooted = canMount ? it : it.skip;
    const ask = (before: string, commands: Readonly<Record<string, string>> = {}) => {
      const path = fakes({ systemctl: ':', nft: ':', ...commands });
      const answer = askGate(shell, pristine, gateContext({}), nodeOf('ms-1'), {
        path: [path],
        under: ['unshare', '-m', '-n'],
        before: `for folder in /etc/wireguard /etc/cni /var/lib/cni /etc/rancher /var/lib/rancher; do
[ -d $folder ] && mount -t tmpfs tmpfs $folder; done
mount -t tmpfs tmpfs /mnt; mkdir /mnt/upper /mnt/work; mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
${before}`,
      });
      return stops(verdictOn(pristine, gateContext({}, one), new Map([['ms-1', answer]])));
    };

    rooted('finds a clean machine clean', () => {
      expect(ask(':')).toEqual([]);
    });

    rooted('finds what was left behind', () => {
      const seen = ask(
        'mkdir -p /etc/cni/net.d /etc/systemd/system; touch /etc/cni/net.d/05-cilium.conf /etc/cni/.hidden; touch /etc/systemd/system/k3s-agent.service; ip rule add fwmark 1 table 7',
        {
          systemctl:
            'echo "cilium.service loaded active running Cilium"; echo "calico.service not-found inactive dead"',
        },
      );
      expect(seen).toEqual([
        'ms-1: cilium.service',
        'ms-1: k3s-agent.service',
        expect.stringMatching(/^ms-1: 2 files that no installed package owns, such as \/etc\/cni\//),
        'ms-1: ip -4 rule 32765: from all fwmark 0x1 lookup 7',
      ]);
    });

    rooted('leaves empty folders and the files of installed packages alone', () => {
      const docker =
        'mkdir -p /etc/cni/net.d /var/lib/cni/networks; touch /etc/cni/net.d/87-podman-bridge.conflist';
      expect(ask(docker, { 'dpkg-query': 'case $2 in *podman*) ;; *) exit 1 ;; esac' })).toEqual([]);
      expect(ask(docker, { 'dpkg-query': 'exit 1' })).toEqual([
        'ms-1: 1 file that no installed package owns, such as /etc/cni/net.d/87-podman-bridge.conflist',
      ]);
    });

    rooted('leaves a node that is ours its cluster', () => {
      const ours =
        'mkdir -p /etc/cni/net.d /etc/wireguard; echo "# Managed by Bridgehead: edits" >/etc/wireguard/wg0.conf';
      expect(ask(ours)).toEqual([]);
    });

    rooted('finds what the next boot will bring up', () => {
      const seen = ask(
        `mkdir -p /etc/wireguard /etc/systemd/system/multi-user.target.wants /etc/systemd/network
printf '[Interface]\\n ListenPort=51820\\nAddress = 10.1.1.1/24, 172.27.15.90/32\\n' >/etc/wireguard/old.conf
cp /etc/wireguard/old.conf /etc/wireguard/off.conf
ln -s /lib/systemd/system/wg-quick@.service /etc/systemd/system/multi-user.target.wants/wg-quick@old.service
printf '[NetDev]\\nName=net9\\nKind=wireguard\\n[WireGuard]\\nListenPort=51820\\n' >/etc/systemd/network/net9.netdev`,
      );
      expect(seen).toEqual([
        'ms-1: wg-quick@old.service is enabled and takes it',
        'ms-1: wg-quick@old.service is enabled and takes it',
        'ms-1: /etc/systemd/network/net9.netdev is enabled and takes it',
      ]);
    });

    it.each([
      [51820, []],
      [51700, ['ms-1: something listens on it']],
    ])('knows who holds the port where our interface listens on %d', (bound, expected) => {
      if (!canMount) return;
      const hold = `socket(S, PF_INET, SOCK_DGRAM, 0); bind(S, sockaddr_in(51820, INADDR_ANY)) or die; open(F, ">", "/mnt/bound"); sleep 30`;
      const before = `mount -t sysfs sysfs /sys; ip link add wg0 type bridge
mkdir -p /etc/wireguard; echo "# Managed by Bridgehead: edits" >/etc/wireguard/wg0.conf
perl -MSocket -e '${hold}' </dev/null >/dev/null 2>&1 &
tries=0; while [ ! -e /mnt/bound ] && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done`;
      const wg = `[ "$*" != 'show wg0 dump' ] || printf 'hidden\\tKEY=\\t${bound}\\toff\\n'`;
      expect(ask(before, { wg }).filter((seen) => seen.includes('listens'))).toEqual(expected);
    });

    describe('on a network of ours, with rules of somebody else', () => {
      const others = NETWORK.members.filter(({ node }) => node !== 'ms-1');
      const peers = (shaken: readonly number[]): string =>
        others
          .map(
            ({ addresses }, index) =>
              `printf 'KEY${index}=\\t(none)\\t203.0.113.9:51820\\t${addresses.map((one) => `${one}/32`).join(',')}\\t%s\\t1\\t1\\toff\\n' $(($(date +%s) - ${shaken[index]}))`,
          )
          .join('\n');
      const ours = `mount -t sysfs sysfs /sys; ip link add wg0 type bridge
mkdir -p /etc/wireguard; echo "# Managed by Bridgehead: edits" >/etc/wireguard/wg0.conf`;
      const table = (rules: string): string =>
        `printf 'table inet filter {\\n\\tchain input {\\n\\t\\ttype filter hook input priority filter; policy drop;\\n${rules}\\t}\\n}\\n'`;
      const nft = `case "$*" in
'list chains') ${table('')} ;;
'-s -a -t list ruleset') ${table('\\t\\ttcp dport 22 accept\\n')} ;;
esac`;
      const dropped = ['ms-1: table inet filter, chain input, which drops what no rule accepts'];
      const all = (age: number): number[] => others.map(() => age);

      it.each<[string, number, readonly number[], readonly string[]]>([
        ['is not asked where everybody who may call has come in', 51820, all(30), []],
        ['is asked where one has not lately', 51820, [...all(30).slice(1), 500], dropped],
        ['is asked where one has not at all', 51820, [...all(30).slice(1), 4_000_000], dropped],
        ['is asked where a clock says more than can be', 51820, all(-3600), dropped],
        ['is asked where one is yet to come', 51820, all(30).slice(1), dropped],
        ['is asked where the port is about to change', 51700, all(30), dropped],
      ])('the ruleset %s', (_what, bound, shaken, expected) => {
        if (!canMount) return;
        const listed =
          shaken.length === others.length ? peers(shaken) : peers(shaken).split('\n').slice(1).join('\n');
        const wg = `[ "$*" = 'show wg0 dump' ] || exit 0
printf 'hidden\\tKEY=\\t${bound}\\toff\\n'
${listed}`;
        expect(ask(ours, { nft, wg })).toEqual(expected);
      });
    });

    rooted('finds an address in the overlay and a firewall that drops', () => {
      const seen = ask('ip link add other type bridge; ip addr add 172.27.15.77/24 dev other', {
        nft: `case "$*" in
'list chains') printf 'table inet filter {\\n\\tchain input {\\n\\t\\ttype filter hook input priority filter; policy drop;\\n\\t}\\n}\\n' ;;
'-s -a -t list ruleset') printf 'table inet filter {\\n\\tchain input {\\n\\t\\ttype filter hook input priority filter; policy drop;\\n\\t\\ttcp dport 22 accept\\n\\t}\\n}\\n' ;;
esac`,
      });
      expect(seen).toEqual([
        'ms-1: 172.27.15.77/24 on other',
        'ms-1: table inet filter, chain input, which drops what no rule accepts',
      ]);
    });
  });
});
