import { spawnSync } from 'node:child_process';
import { relayPassages, relayRuleset } from '../../../../src/layers/edge/relays/table.js';
import { relayedAt } from '../../../../src/layers/edge/relays/wanted.js';
import { dockerRules, ufwLines, ufwRules } from '../../../../src/layers/host/forwarding/firewalls/rules.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { hybridEdge } from '../../../fixtures/edge-inventory.js';
import { canMount } from '../../../support/can-mount.js';
import { NO_FACTS } from '../../../support/step-context.js';

const relayedOn = (inventory: Inventory) => relayedAt(inventory, NO_FACTS, 'home-1');
const rulesetOf = (inventory: Inventory) => relayRuleset(inventory, 'home-1', relayedOn(inventory));

const PREFIXES = ['docker', 'br-', 'podman', 'cni', 'cali', 'veth', 'flannel', 'vxlan', 'cilium'].concat([
  'lxc',
  'lxdbr',
  'incusbr',
  'virbr',
]);
const INSIDE = PREFIXES.map((prefix) => `\t\tiifname "${prefix}*" accept\n`).join('');

/** bash: two machines with a cable between them; who gets through to a port of the first under `$RULES`. */
const VISITS = `set -e
ip link set lo up
unshare -n sleep 30 &
there=$!
trap 'kill $there $listener' EXIT
while [ "$(readlink /proc/$there/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
ip link add wg0 type veth peer name wg0 netns $there
ip address add 10.88.0.10/24 dev wg0
ip address add fd42:88::10/64 dev wg0 nodad
ip link set wg0 up
at_peer() { nsenter -t $there -n "$@"; }
for address in 10.88.0.1/24 10.88.0.66/24; do at_peer ip address add $address dev wg0; done
for address in fd42:88::1/64 fd42:88::66/64; do at_peer ip address add $address dev wg0 nodad; done
at_peer ip link set wg0 up
printf '%s' "$RULES" | nft -f -
perl -MIO::Socket::IP -e '
  my @all = map { IO::Socket::IP->new(LocalHost => $_, LocalPort => 29787, Listen => 9) or die "$_: $@" } @ARGV;
  sleep 60' 10.88.0.10 fd42:88::10 &
listener=$!
until [ "$(ss -Hltn 'sport = 29787' | wc -l)" = 2 ]; do sleep 0.05; done
visit() {
  name=$1 from=$2 to=$3; shift 3
  if "$@" perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(LocalHost => $ARGV[0], PeerHost => $ARGV[1], PeerPort => 29787, Timeout => 1)' $from $to
  then echo "$name: reached"; else echo "$name: nothing"; fi
}
visit 'edge 4' 10.88.0.1 10.88.0.10 at_peer
visit 'other 4' 10.88.0.66 10.88.0.10 at_peer
visit 'edge 6' fd42:88::1 fd42:88::10 at_peer
visit 'other 6' fd42:88::66 fd42:88::10 at_peer
visit 'itself 4' 10.88.0.10 10.88.0.10 env
visit 'itself 6' fd42:88::10 fd42:88::10 env
`;

/** bash: a machine that forwards between a tunnel and machines behind interfaces of its own; whose packets pass under `$RULES`. */
const PASSING = `set -e
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
others=
trap 'kill $others' EXIT
machine() {
  unshare -n sleep 30 &
  there=$! others="$others $!"
  while [ "$(readlink /proc/$there/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
  ip link add $1 type veth peer name eth0 netns $there
  ip address add $2.1/24 dev $1
  ip link set $1 up
  nsenter -t $there -n ip address add $2.2/24 dev eth0
  nsenter -t $there -n ip link set eth0 up
  nsenter -t $there -n ip route add default via $2.1
}
machine wg0 10.88.0
printf '%s' "$RULES" | nft -f -
try() {
  machine $1 $2
  # Nobody listens there, so what arrives is refused.
  if nsenter -t $there -n perl -MErrno -MIO::Socket::INET -e 'IO::Socket::INET->new(PeerAddr => "10.88.0.2:80", Timeout => 1); exit !$!{ECONNREFUSED}'
  then echo "$1: passes"; else echo "$1: dropped"; fi
}
try docker0 172.17.0
try br-0123 172.18.0
try lan0 192.168.1
try br-lan 192.168.2
`;

describe('the table of apps', () => {
  it('rewrites what edges send to the port of an app, in each family that the app has', async () => {
    expect(
      rulesetOf(await hybridEdge()),
    ).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.
table inet bridgehead_apps
delete table inet bridgehead_apps
table inet bridgehead_apps {
	chain inside {
		iifname { "br-lan", "br-wan" } return
${INSIDE}	}
	chain prerouting {
		type nat hook prerouting priority dstnat - 5; policy accept;
		ip saddr { 10.88.0.1 } ip daddr 10.88.0.10 tcp dport 27524 dnat ip to 10.88.0.10:2283 comment "photos"
		ip6 saddr { fd42:88::1 } ip6 daddr fd42:88::10 tcp dport 27524 dnat ip6 to [fd42:88::10]:2283 comment "photos"
		ip saddr { 10.88.0.1 } ip daddr 10.88.0.10 tcp dport 26119 dnat ip to 192.168.1.20:8096 comment "films"
	}
	chain input {
		type filter hook input priority filter; policy accept;
		iifname != "lo" ip saddr != { 10.88.0.1 } ip daddr 10.88.0.10 tcp dport 29787 drop comment "vault"
		iifname != "lo" ip6 saddr != { fd42:88::1 } ip6 daddr fd42:88::10 tcp dport 29787 drop comment "vault"
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
		iifname { "wg0" } ct status dnat accept
		iifname { "wg0" } drop
		oifname { "wg0" } jump inside
		oifname { "wg0" } drop
	}
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr { 10.88.0.1 } ip daddr 192.168.1.20 tcp dport 8096 ct status dnat masquerade comment "films"
	}
}
`);
  });

  it('keeps the edge’s address in a network of the node’s own, and on a LAN with a route back', async () => {
    const container = await hybridEdge({
      films: { to: { node: 'home-1', address: '172.18.0.5', port: 80 } },
    });
    expect(rulesetOf(container)).not.toContain('masquerade');
    const plain = await hybridEdge();
    const advertises = [{ node: 'home-1', subnets: ['192.168.1.0/24'], nat: 'none' as const }];
    const routed = { ...plain, networks: plain.networks.map((network) => ({ ...network, advertises })) };
    expect(rulesetOf(routed)).not.toContain('masquerade');
  });

  it('leaves the tunnel to the network’s own table if the node forwards for it', async () => {
    const plain = await hybridEdge();
    const networks = plain.networks.map((network) => ({ ...network, relay: 'home-1' }));
    expect(rulesetOf({ ...plain, networks })).not.toContain('chain forward');
  });

  it('forwards nothing for apps on the node itself', async () => {
    const ruleset = rulesetOf(await hybridEdge({ films: undefined }));
    expect(ruleset).not.toMatch(/forward|masquerade/);
    expect(
      relayPassages(
        await hybridEdge({ films: undefined }),
        relayedOn(await hybridEdge({ films: undefined })),
      ),
    ).toEqual([]);
  });

  it('asks other firewalls to let through one port, from the edge', async () => {
    const inventory = await hybridEdge();
    const passages = relayPassages(inventory, relayedOn(inventory));
    expect(ufwRules('apps', passages)).toEqual([
      'allow in on wg0 from 10.88.0.1 to 192.168.1.20 port 8096 proto tcp',
    ]);
    expect([...ufwLines('apps', passages, 4).values()]).toEqual([
      '-A ufw-user-forward -s 10.88.0.1/32 -d 192.168.1.20/32 -i wg0 -p tcp -m tcp --dport 8096 -j ACCEPT',
    ]);
    expect(dockerRules('apps', passages, 4)).toEqual([
      '-s 10.88.0.1/32 -d 192.168.1.20/32 -i wg0 -p tcp -m tcp --dport 8096 -m comment --comment bridgehead-apps',
      '-o wg0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment bridgehead-apps',
    ]);
  });

  it('keeps everybody from a program in a family that no edge has', async () => {
    const plain = await hybridEdge({ films: undefined, photos: undefined });
    const networks = plain.networks.map((network) => ({
      ...network,
      members: network.members.map((member) =>
        member.node === 'vps' ? { ...member, addresses: ['10.88.0.1'] } : member,
      ),
    }));
    const rules = rulesetOf({ ...plain, networks }).match(/^.* drop .*$/gm) ?? [];
    expect(rules.map((rule) => rule.trim())).toEqual([
      'iifname != "lo" ip saddr != { 10.88.0.1 } ip daddr 10.88.0.10 tcp dport 29787 drop comment "vault"',
      'iifname != "lo" ip6 daddr fd42:88::10 tcp dport 29787 drop comment "vault"',
    ]);
  });

  const inNamespace = canMount ? it : it.skip;
  inNamespace('is taken by nft whatever families the edge, the node and the app have', async () => {
    const plain = await hybridEdge({ photos: undefined, vault: undefined, start: undefined });
    const families = [[4], [6], [4, 6], []] as const;
    const addresses = { vps: ['10.88.0.1', 'fd42:88::1'], 'home-1': ['10.88.0.10', 'fd42:88::10'] };
    const having = (edge: readonly number[], node: readonly number[], to: string | undefined): Inventory => ({
      ...plain,
      apps: plain.apps.map((app) => ({
        ...app,
        to: { node: 'home-1', port: 80, ...(to !== undefined && { address: to }) },
      })),
      networks: plain.networks.map((network) => ({
        ...network,
        members: network.members.map((member) => {
          const own = addresses[member.node as keyof typeof addresses] ?? member.addresses;
          const has = member.node === 'vps' ? edge : node;
          return { ...member, addresses: own.filter((one) => has.includes(one.includes(':') ? 6 : 4)) };
        }),
      })),
      sites: plain.sites.map((site) => ({ ...site, subnets: [...site.subnets, 'fd12::/64'] })),
    });
    const targets = [undefined, '192.168.1.20', 'fd12::20'];
    const all = families.flatMap((edge) =>
      families.flatMap((node) =>
        targets.map((to) => ({ edge, node, to, inventory: having(edge, node, to) })),
      ),
    );
    const script = `set -e\n${all.map(({ inventory }) => `nft -f - <<'END'\n${rulesetOf(inventory)}END\n`).join('')}`;
    const { stderr, status } = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    for (const { edge, node, to, inventory } of all) {
      const like = edge.filter((family) => (node as readonly number[]).includes(family));
      const usable = like.filter((family) => to === undefined || (to.includes(':') ? 6 : 4) === family);
      expect(rulesetOf(inventory).match(/dnat ip6? to/g) ?? []).toHaveLength(usable.length);
      expect(relayPassages(inventory, relayedOn(inventory))).toHaveLength(
        to === undefined ? 0 : usable.length,
      );
    }
  });

  inNamespace.each(['socket-proxyd', 'socat', 'haproxy'] as const)(
    'lets edges, the node itself and nobody else reach a program, in both families: %s',
    async (relay) => {
      const plain = await hybridEdge({ films: undefined, photos: undefined });
      const apps = plain.apps.map((app) => (app.name === 'vault' ? { ...app, relay } : app));
      const { stdout, stderr, status } = spawnSync('unshare', ['-n', 'bash', '-c', VISITS], {
        encoding: 'utf8',
        env: { ...process.env, RULES: rulesetOf({ ...plain, apps }) },
      });
      expect({ stderr, status, stdout }).toEqual({
        stderr: '',
        status: 0,
        stdout:
          'edge 4: reached\nother 4: nothing\nedge 6: reached\nother 6: nothing\nitself 4: reached\nitself 6: reached\n',
      });
    },
  );

  inNamespace(
    'lets what containers of the node send into the tunnel pass, and nothing of its LAN',
    async () => {
      const { stdout, stderr, status } = spawnSync('unshare', ['-n', 'bash', '-c', PASSING], {
        encoding: 'utf8',
        env: { ...process.env, RULES: rulesetOf(await hybridEdge()) },
      });
      expect({ stderr, status, stdout }).toEqual({
        stderr: '',
        status: 0,
        stdout: 'docker0: passes\nbr-0123: passes\nlan0: dropped\nbr-lan: dropped\n',
      });
    },
  );

  inNamespace('is taken by nft, twice over', async () => {
    const ruleset = rulesetOf(await hybridEdge());
    const script = `nft -f - <<'END' && nft list table inet bridgehead_apps\n${ruleset}${ruleset}END`;
    const { stdout, stderr, status } = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.match(/dnat ip6? to/g)).toHaveLength(3);
  });
});
