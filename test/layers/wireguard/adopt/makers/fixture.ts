import { keyOf } from '../fixture.js';

export const NETDEV_PATH = '/etc/systemd/network/50-wg0.netdev';
export const NETWORK_PATH = '/etc/systemd/network/50-wg0.network';
export const KEYFILE_PATH = '/etc/NetworkManager/system-connections/wg0.nmconnection';

/** As read: keys are hidden. */
export const NETDEV = `[NetDev]
Name=wg0
Kind=wireguard
Description=made by hand

[WireGuard]
PrivateKey= (hidden)
ListenPort=51820

[WireGuardPeer]
# spoke
PublicKey=${keyOf('spoke')}
PresharedKeyFile=/etc/systemd/network/spoke.psk
AllowedIPs=10.8.0.3/32, fd00:8::3/128
Endpoint=198.51.100.2:51820
PersistentKeepalive=25

; phone of mine
[WireGuardPeer]
PublicKey=${keyOf('phone')}
AllowedIPs=10.8.0.2/32
`;
export const NETWORK = `[Match]
Name=wg0

[Network]
Address=10.8.0.1/24
Address=fd00:8::1/64

[Route]
Destination=10.8.0.3/32
Scope=link
`;
export const KEYFILE = `[connection]
id=wg0
uuid=3f0c2c55-6b0e-4c55-9a53-0e6f6ea8c001
type=wireguard
interface-name=wg0
timestamp=1700000000

[wireguard]
listen-port=51820
private-key= (hidden)
mtu=1400

# spoke
[wireguard-peer.${keyOf('spoke')}]
endpoint=198.51.100.2:51820
preshared-key= (hidden)
preshared-key-flags=0
persistent-keepalive=25
allowed-ips=10.8.0.3/32;fd00:8::3/128;

[wireguard-peer.${keyOf('phone')}]
allowed-ips=10.8.0.2/32;

[ipv4]
address1=10.8.0.1/24
dns-search=
method=manual

[ipv6]
addr-gen-mode=default
address1=fd00:8::1/64
method=manual

[proxy]
`;
