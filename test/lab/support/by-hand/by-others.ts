import type { Lab } from '../../../../src/lab/index.js';
import { aptInstall } from '../apt.js';
import { exec } from '../bridgehead.js';
import type { PeerByHand } from './by-hand.js';

export interface ByOthers {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly peers: readonly PeerByHand[];
}

/** Makes a key pair where no other program looks for one, and returns the public key. */
export const makeKeyApart = (lab: Lab, node: string): Promise<string> =>
  exec(
    lab,
    node,
    `${aptInstall('wireguard-tools wireguard-go')}
umask 077; wg genkey | tee /root/wg.key | wg pubkey`,
  );

const setting = (key: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`${key}=${value}`];

/**
 * sh: networkd and NetworkManager make the kernel's WireGuard interfaces only, and a machine of the lab has the kernel of the one that
 * it runs on. If that has none, wireguard-go is what they find, or what takes the interface that they make.
 */
const HAS_KERNEL = `has_kernel() { ip link add wg-try type wireguard 2>/dev/null && ip link del wg-try; }
`;

export const hasKernelWireguard = async (lab: Lab, node: string): Promise<boolean> =>
  (await lab.exec(node, `${HAS_KERNEL}has_kernel`)).code === 0;

/** sh that gives wireguard-go what the files say, if the kernel has no WireGuard. */
function userspace({ port, peers }: ByOthers): string {
  const lines = [
    '[Interface]',
    `ListenPort = ${port}`,
    'PrivateKey = @KEY@',
    ...peers.flatMap((peer) => [
      '[Peer]',
      `PublicKey = ${peer.publicKey}`,
      `AllowedIPs = ${peer.allowedIps}`,
      ...(peer.endpoint === undefined ? [] : [`Endpoint = ${peer.endpoint}`]),
    ]),
    '',
  ];
  return `(umask 077; cat >/root/wg.conf <<'CONF'
${lines.join('\n')}CONF
)
sed -i "s|@KEY@|$(cat /root/wg.key)|" /root/wg.conf
wireguard-go wg0 >/dev/null 2>&1
wg setconf wg0 /root/wg.conf
`;
}

const settled = (address: string): string => `for i in $(seq 100); do
ip -o addr show dev wg0 2>/dev/null | grep -q ${address} && break; sleep 0.1
done
ip -o addr show dev wg0 | grep ${address}`;

/** wg0 by systemd-networkd, as its manual page has it. */
export async function byNetworkd(lab: Lab, node: string, hand: ByOthers): Promise<void> {
  const { addresses, port, peers } = hand;
  const netdev = [
    '[NetDev]',
    'Name=wg0',
    'Kind=wireguard',
    'Description=made by hand',
    '',
    '[WireGuard]',
    'PrivateKey=@KEY@',
    `ListenPort=${port}`,
    ...peers.flatMap((peer) => [
      '',
      ...(peer.before === undefined ? [] : [peer.before]),
      '[WireGuardPeer]',
      `PublicKey=${peer.publicKey}`,
      ...setting('PresharedKey', peer.presharedKey),
      `AllowedIPs=${peer.allowedIps}`,
      ...setting('Endpoint', peer.endpoint),
      ...setting('PersistentKeepalive', peer.keepalive),
    ]),
    '',
  ];
  const routes = peers.flatMap(({ allowedIps }) =>
    allowedIps.split(', ').flatMap((range) => ['', '[Route]', `Destination=${range}`, 'Scope=link']),
  );
  const network = [
    '[Match]',
    'Name=wg0',
    '',
    '[Network]',
    'LinkLocalAddressing=no',
    'IPv6AcceptRA=no',
    ...addresses.map((address) => `Address=${address}`),
    ...routes,
    '',
  ];
  await exec(
    lab,
    node,
    `umask 027; cd /etc/systemd/network; cat >50-wg0.netdev <<'NETDEV'
${netdev.join('\n')}NETDEV
cat >50-wg0.network <<'NETWORK'
${network.join('\n')}NETWORK
sed -i "s|@KEY@|$(cat /root/wg.key)|" 50-wg0.netdev
chgrp systemd-network 50-wg0.*
${HAS_KERNEL}has_kernel || {
# It would not configure what isn't of the kind that a file says, and can't read this one.
chown root:root 50-wg0.netdev; chmod 600 50-wg0.netdev
${userspace(hand)}}
networkctl reload
${settled(addresses[0] ?? '')}`,
  );
}

/** wg0 by NetworkManager, as nmcli writes it; all other links stay networkd's. */
export async function byNetworkManager(lab: Lab, node: string, hand: ByOthers): Promise<void> {
  const { addresses, port, peers } = hand;
  const routes = peers
    .flatMap(({ allowedIps }) => allowedIps.split(', '))
    .map((range, index) => `route${index + 1}=${range.replace('/', '\\/')}`)
    .join('\\n');
  const keyfile = [
    '[connection]',
    'id=wg0',
    'uuid=3f0c2c55-6b0e-4c55-9a53-0e6f6ea8c001',
    'type=wireguard',
    'interface-name=wg0',
    '',
    '[wireguard]',
    `listen-port=${port}`,
    'private-key=@KEY@',
    ...peers.flatMap((peer) => [
      '',
      ...(peer.before === undefined ? [] : [peer.before]),
      `[wireguard-peer.${peer.publicKey}]`,
      ...setting('endpoint', peer.endpoint),
      ...setting('preshared-key', peer.presharedKey),
      ...(peer.presharedKey === undefined ? [] : ['preshared-key-flags=0']),
      ...setting('persistent-keepalive', peer.keepalive),
      `allowed-ips=${peer.allowedIps.split(', ').join(';')};`,
    ]),
    '',
    '[ipv4]',
    ...addresses.map((address, index) => `address${index + 1}=${address}`),
    'method=manual',
    '',
    '[ipv6]',
    'addr-gen-mode=default',
    'method=disabled',
    '',
    '[proxy]',
    '',
  ];
  await exec(
    lab,
    node,
    `${aptInstall('network-manager')}
mkdir -p /etc/NetworkManager/conf.d
printf '[keyfile]\\nunmanaged-devices=interface-name:host*\\n' >/etc/NetworkManager/conf.d/lab.conf
systemctl enable --now NetworkManager
nmcli general reload conf
umask 077; cat >/etc/NetworkManager/system-connections/wg0.nmconnection <<'KEYFILE'
${keyfile.join('\n')}KEYFILE
cd /etc/NetworkManager/system-connections
sed -i "s|@KEY@|$(cat /root/wg.key)|" wg0.nmconnection
${HAS_KERNEL}if has_kernel; then nmcli connection reload
else
# It makes a TUN device with the same addresses and routes, which wireguard-go then takes; the file is read no more.
mv wg0.nmconnection /root
sed -n '/^\\[connection/,/^$/p; /^\\[ipv4/,$p' /root/wg0.nmconnection | sed 's/^type=.*/type=tun/; s/^method=manual/&\\n${routes}/' >wg0.nmconnection
printf '[tun]\\nmode=1\\n' >>wg0.nmconnection
cp -p wg0.nmconnection /root/tun.nmconnection
nmcli connection reload
for i in $(seq 50); do [ -e /sys/class/net/wg0 ] && break; sleep 0.1; done
${userspace(hand)}nmcli connection up wg0 >/dev/null
mv /root/wg0.nmconnection wg0.nmconnection
fi
${settled(addresses[0] ?? '')}`,
  );
}
