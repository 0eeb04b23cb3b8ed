import { loadInventory } from '../../../../src/inventory/index.js';
import { renderConfig } from '../../../../src/layers/wireguard/overlay/config.js';
import { peersOf, routesOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import { memberOf } from '../../../../src/model/atlas.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { forwardsPackets } from '../../../../src/model/shape.js';
import { resolve } from '../../../inventory/support.js';

const PHONE_KEY = 'jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM=';

function configOf(inventory: Inventory, node: string): string {
  const [network] = inventory.networks as [Network];
  const peers = peersOf(inventory, network, node);
  return renderConfig({
    network,
    member: memberOf(network, node),
    peers,
    publicKeyOf: (name) => `<${name}>`,
  });
}

function parse(text: string): { inventory: Inventory; network: Network } {
  const { inventory } = resolve(text);
  const [network] = inventory.networks as [Network];
  return { inventory, network };
}

const allowed = ({ inventory, network }: ReturnType<typeof parse>, node: string) =>
  Object.fromEntries(peersOf(inventory, network, node).map((peer) => [peer.node, peer.allowedIps.join(' ')]));

const TWO_HUBS = `name: two-hubs
sites:
  home: { subnet: 192.168.1.0/24, public: 203.0.113.8 }
  office: { subnet: 192.168.2.0/24, public: 203.0.113.9 }
nodes:
  vps-1: { public: 198.51.100.1 }
  vps-2: { public: 198.51.100.2 }
  gw-1: { site: home, lan: 192.168.1.10 }
  mate: { site: home, lan: 192.168.1.11 }
  gw-2: { site: office, lan: 192.168.2.10 }
networks:
  net:
    shape: hub
    hub: [vps-1, vps-2]
    hubOf: { gw-2: vps-2, mate: vps-2, tablet: vps-2 }
    range: 10.8.0.0/24
    addresses: { vps-1: 10.8.0.1, vps-2: 10.8.0.2, gw-1: 10.8.0.11, mate: 10.8.0.12, gw-2: 10.8.0.21 }
    advertise:
      gw-1: { subnets: 192.168.1.0/24 }
      gw-2: { subnets: [192.168.2.0/24, 10.20.0.0/16], nat: none }
    clients:
      phone: { address: 10.8.0.101, publicKey: ${PHONE_KEY} }
      tablet: { address: 10.8.0.102 }
`;

describe('the way from the phone to the LAN at home', () => {
  it('is known to the hub: the gateway with its LAN, and the phone once its key is there', async () => {
    const inventory = await loadInventory('inventory/phone-home.yaml');
    const before = configOf(inventory, 'vps');
    expect(before).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.

[Interface]
Address = 10.8.0.1/32
ListenPort = 51820
MTU = 1420
PostUp = wg set %i private-key /etc/wireguard/%i.key

[Peer]
# node-a (calls us)
PublicKey = <node-a>
AllowedIPs = 10.8.0.3/32, 192.168.1.0/24
`);
    const [network] = inventory.networks as [Network];
    const clients = network.clients.map((client) => ({ ...client, publicKey: PHONE_KEY }));
    expect(configOf({ ...inventory, networks: [{ ...network, clients }] }, 'vps')).toBe(`${before}
[Peer]
# phone (client)
PublicKey = ${PHONE_KEY}
AllowedIPs = 10.8.0.2/32
`);
  });

  it('is known to the gateway: the complete overlay by way of the hub, and not its own LAN', async () => {
    const inventory = await loadInventory('inventory/phone-home.yaml');
    expect(configOf(inventory, 'node-a')).toContain(`
[Peer]
# vps (public; hub)
PublicKey = <vps>
AllowedIPs = 10.8.0.0/24
Endpoint = 198.51.100.8:51820
PersistentKeepalive = 25
`);
    expect(forwardsPackets(inventory, undefined, 'vps')).toBe(true);
    expect(forwardsPackets(inventory, undefined, 'node-a')).toBe(true);
    expect(forwardsPackets(inventory, undefined, 'lan-1')).toBe(false);
  });
});

describe('two hubs', () => {
  const two = parse(TWO_HUBS);

  it('each have their own spokes, and the other hub with all that calls it', () => {
    expect(allowed(two, 'vps-1')).toEqual({
      'vps-2': '10.8.0.2/32 10.8.0.12/32 10.8.0.21/32 192.168.2.0/24 10.20.0.0/16 10.8.0.102/32',
      'gw-1': '10.8.0.11/32 192.168.1.0/24',
      phone: '10.8.0.101/32',
    });
    expect(allowed(two, 'vps-2')).toEqual({
      'vps-1': '10.8.0.1/32 10.8.0.11/32 192.168.1.0/24 10.8.0.101/32',
      mate: '10.8.0.12/32',
      'gw-2': '10.8.0.21/32 192.168.2.0/24 10.20.0.0/16',
    });
  });

  it('serve spokes that route all but their own LAN into the tunnel', () => {
    expect(allowed(two, 'gw-1')).toEqual({ 'vps-1': '10.8.0.0/24 192.168.2.0/24 10.20.0.0/16' });
    expect(allowed(two, 'gw-2')).toEqual({ 'vps-2': '10.8.0.0/24 192.168.1.0/24' });
    expect(allowed(two, 'mate')).toEqual({ 'vps-2': '10.8.0.0/24 192.168.2.0/24 10.20.0.0/16' });
    expect(routesOf(two.inventory, two.network, 'mate')).toEqual([
      '10.8.0.0/24',
      '192.168.2.0/24',
      '10.20.0.0/16',
    ]);
  });

  it('leave every spoke as it is when another spoke or client joins', () => {
    const more = parse(
      TWO_HUBS.replace('gw-2: 10.8.0.21 }', 'gw-2: 10.8.0.21, new: 10.8.0.22 }')
        .replace('networks:', '  new: { public: 198.51.100.3 }\nnetworks:')
        .replace('tablet: { a', 'laptop: { address: 10.8.0.103 }\n      tablet: { a'),
    );
    for (const spoke of ['gw-1', 'gw-2', 'mate']) {
      expect(configOf(more.inventory, spoke)).toBe(configOf(two.inventory, spoke));
    }
    expect(configOf(more.inventory, 'vps-1')).not.toBe(configOf(two.inventory, 'vps-1'));
  });
});

describe('a mesh with a gateway', () => {
  it('gives the LAN to all but those that are in it', () => {
    const mesh = parse(`name: m
sites:
  home: { subnet: 192.168.1.0/24, public: 203.0.113.8 }
nodes:
  edge: { public: 198.51.100.1 }
  gw: { site: home, lan: 192.168.1.10 }
  mate: { site: home, lan: 192.168.1.11 }
networks:
  net:
    range: 10.8.0.0/24
    addresses: { edge: 10.8.0.1, gw: 10.8.0.11, mate: 10.8.0.12 }
    advertise: { gw: { subnets: 192.168.1.0/24 } }
`);
    expect(allowed(mesh, 'edge')).toEqual({ gw: '10.8.0.11/32 192.168.1.0/24', mate: '10.8.0.12/32' });
    expect(allowed(mesh, 'mate')).toEqual({ edge: '10.8.0.1/32', gw: '10.8.0.11/32' });
  });

  it('gives it through the relay where gateway and member cannot meet', () => {
    const mesh = parse(`name: m
sites:
  home: { subnet: 192.168.1.0/24, public: 203.0.113.8 }
  cabin: { subnet: 192.168.2.0/24, public: 203.0.113.9 }
nodes:
  edge: { public: 198.51.100.1 }
  gw: { site: home, lan: 192.168.1.10 }
  far: { site: cabin, lan: 192.168.2.10 }
networks:
  net:
    range: 10.8.0.0/24
    relay: edge
    addresses: { edge: 10.8.0.1, gw: 10.8.0.11, far: 10.8.0.12 }
    advertise: { gw: { subnets: 192.168.1.0/24 } }
`);
    expect(allowed(mesh, 'far')).toEqual({ edge: '10.8.0.1/32 10.8.0.11/32 192.168.1.0/24' });
  });
});

describe('the dual-stack network', () => {
  it('calls neighbours on IPv4 and the edge on IPv6, and reads a preshared key for each peer', async () => {
    const inventory = await loadInventory('inventory/dual-stack.yaml');
    expect(
      configOf(inventory, 'k3s-node1'),
    ).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.

[Interface]
Address = 10.86.0.5/32
Address = fda8:a1db:5685:86::5/128
ListenPort = 56527
MTU = 1420
PostUp = wg set %i peer <ionos> preshared-key /etc/wireguard/psk/%i/ionos
PostUp = wg set %i peer <k3s-node2> preshared-key /etc/wireguard/psk/%i/k3s-node2
PostUp = wg set %i peer <k3s-node3> preshared-key /etc/wireguard/psk/%i/k3s-node3
PostUp = wg set %i private-key /etc/wireguard/%i.key

[Peer]
# ionos (public)
PublicKey = <ionos>
AllowedIPs = 10.86.0.201/32, fda8:a1db:5685:86::201/128
Endpoint = [2001:db8:201::1]:56527

[Peer]
# k3s-node2 (lan)
PublicKey = <k3s-node2>
AllowedIPs = 10.86.0.6/32, fda8:a1db:5685:86::6/128
Endpoint = 192.168.178.6:56527

[Peer]
# k3s-node3 (lan)
PublicKey = <k3s-node3>
AllowedIPs = 10.86.0.7/32, fda8:a1db:5685:86::7/128
Endpoint = 192.168.178.7:56527
`);
  });

  it('routes to a member without IPv6 addresses no IPv6', () => {
    const dual = parse(`name: d
nodes: { a: { public: 198.51.100.1 }, b: { public: 198.51.100.2 }, c: { public: 198.51.100.3 } }
networks:
  net:
    range: [10.86.0.0/24, "fd86::/64"]
    addresses: { a: [10.86.0.1, "fd86::1"], b: [10.86.0.2, "fd86::2"], c: 10.86.0.3 }
`);
    expect(allowed(dual, 'a')).toEqual({ b: '10.86.0.2/32 fd86::2/128', c: '10.86.0.3/32' });
    expect(allowed(dual, 'c')).toEqual({ a: '10.86.0.1/32', b: '10.86.0.2/32' });
  });
});
