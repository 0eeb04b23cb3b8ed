import { spawnSync } from 'node:child_process';
import { relayPassages, relayRuleset } from '../../../../src/layers/edge/relays/table.js';
import { isRewritten, relayedAt } from '../../../../src/layers/edge/relays/wanted.js';
import { dockerRules, ufwLines, ufwRules } from '../../../../src/layers/host/forwarding/firewalls/rules.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { hybridEdge } from '../../../fixtures/edge-inventory.js';
import { canMount } from '../../../support/can-mount.js';
import { NO_FACTS } from '../../../support/step-context.js';

const rewrittenOn = (inventory: Inventory) => relayedAt(inventory, NO_FACTS, 'home-1').filter(isRewritten);
const rulesetOf = (inventory: Inventory) => relayRuleset(inventory, 'home-1', rewrittenOn(inventory));

describe('the table of apps', () => {
  it('rewrites what edges send to the port of an app, in each family that the app has', async () => {
    expect(
      rulesetOf(await hybridEdge()),
    ).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.
table inet bridgehead_apps
delete table inet bridgehead_apps
table inet bridgehead_apps {
	chain prerouting {
		type nat hook prerouting priority dstnat - 5; policy accept;
		ip saddr { 10.88.0.1 } ip daddr 10.88.0.10 tcp dport 27524 dnat ip to 10.88.0.10:2283 comment "photos"
		ip6 saddr { fd42:88::1 } ip6 daddr fd42:88::10 tcp dport 27524 dnat ip6 to [fd42:88::10]:2283 comment "photos"
		ip saddr { 10.88.0.1 } ip daddr 10.88.0.10 tcp dport 26119 dnat ip to 192.168.1.20:8096 comment "films"
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
		iifname { "wg0" } ct status dnat accept
		iifname { "wg0" } drop
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
        rewrittenOn(await hybridEdge({ films: undefined })),
      ),
    ).toEqual([]);
  });

  it('asks other firewalls to let through one port, from the edge', async () => {
    const inventory = await hybridEdge();
    const passages = relayPassages(inventory, rewrittenOn(inventory));
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
      expect(relayPassages(inventory, rewrittenOn(inventory))).toHaveLength(
        to === undefined ? 0 : usable.length,
      );
    }
  });

  inNamespace('is taken by nft, twice over', async () => {
    const ruleset = rulesetOf(await hybridEdge());
    const script = `nft -f - <<'END' && nft list table inet bridgehead_apps\n${ruleset}${ruleset}END`;
    const { stdout, stderr, status } = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.match(/dnat ip6? to/g)).toHaveLength(3);
  });
});
