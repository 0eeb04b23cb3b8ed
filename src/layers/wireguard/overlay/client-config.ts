import { Secret } from '../../../core/secret.js';
import { hostPort, hostRoute } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { clientOf, hubOf, inFamiliesOf } from '../../../model/shape.js';
import { publicEndpoint } from './endpoint.js';

/** Seconds. A phone is always behind somebody's NAT. */
const KEEPALIVE = 25;

/** Everything in a client's configuration except its keys. */
export interface ClientSettings {
  /** The hub's node name. */
  readonly hub: string;
  /** With prefix lengths. */
  readonly addresses: readonly string[];
  readonly dns: readonly string[];
  readonly mtu: number;
  readonly allowedIps: readonly string[];
  /** `host:port` of the hub. */
  readonly endpoint: string;
  /** Seconds. */
  readonly keepalive: number;
}

export interface ClientKeys {
  readonly privateKey: Secret;
  /** Base64. */
  readonly hubPublicKey: string;
  readonly presharedKey?: Secret;
}

/**
 * What goes into a client's configuration. Throws RangeError if the network has no such client, or if its hub can't be
 * reached from the internet, which a lint refuses.
 */
export function clientSettings(inventory: Inventory, network: Network, name: string): ClientSettings {
  const client = clientOf(network, name);
  const hub = hubOf(network, name);
  const endpoint = hub === undefined ? undefined : publicEndpoint(inventory, network, hub);
  if (hub === undefined || endpoint === undefined)
    throw new RangeError(`${name} has no hub that it can connect to`);
  const split = [...network.ranges, ...network.advertises.flatMap(({ subnets }) => subnets)];
  return {
    hub,
    addresses: client.addresses.map(hostRoute),
    dns: client.dns,
    mtu: network.mtu,
    // Both families, whichever the overlay has, so that nothing bypasses a full tunnel.
    allowedIps: client.tunnel === 'full' ? ['0.0.0.0/0', '::/0'] : inFamiliesOf(client.addresses, split),
    endpoint: hostPort(endpoint.address, endpoint.port),
    keepalive: KEEPALIVE,
  };
}

/** The wg-quick configuration of a client, including its keys. */
export function clientConfig(inventory: Inventory, network: Network, name: string, keys: ClientKeys): Secret {
  const settings = clientSettings(inventory, network, name);
  const { privateKey, presharedKey, hubPublicKey } = keys;
  const own = `PrivateKey = ${privateKey.reveal()}`;
  const shared = presharedKey && `PresharedKey = ${presharedKey.reveal()}`;
  return new Secret(render(settings, hubPublicKey, own, shared));
}

/** The same without secrets, to show and compare; wg-quick refuses it. */
export function publicClientConfig(
  inventory: Inventory,
  network: Network,
  name: string,
  hubPublicKey: string,
): string {
  const settings = clientSettings(inventory, network, name);
  const shared = network.presharedKeys ? '# PresharedKey: only the client and the hub have it' : undefined;
  return render(settings, hubPublicKey, '# PrivateKey: only the client has it', shared);
}

function render(settings: ClientSettings, hubKey: string, own: string, shared: string | undefined): string {
  const { addresses, dns, mtu, allowedIps, endpoint, keepalive } = settings;
  const lines = [
    '[Interface]',
    `Address = ${addresses.join(', ')}`,
    own,
    ...(dns.length > 0 ? [`DNS = ${dns.join(', ')}`] : []),
    `MTU = ${mtu}`,
    '',
    '[Peer]',
    `PublicKey = ${hubKey}`,
    ...(shared === undefined ? [] : [shared]),
    `AllowedIPs = ${allowedIps.join(', ')}`,
    `Endpoint = ${endpoint}`,
    `PersistentKeepalive = ${keepalive}`,
  ];
  return `${lines.join('\n')}\n`;
}
