import { show, suggest } from '../../../document/index.js';
import type { Member, Network } from '../../../model/inventory.js';
import { parseAddress, parseRange } from '../../../model/parse-address.js';
import type { RawNetwork } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import { networksOfKind } from '../../shared/network-kind.js';
import { resolveAdvertised } from './advertised.js';
import { resolveClients } from './clients.js';
import { resolveHubs } from './hubs.js';
import { reportMissing } from './missing.js';
import { INTERFACE_WORDS } from './reserved-names.js';
import { resolveUnmanaged } from './unmanaged.js';

/** Networks with canonical addresses and defaults filled in. */
export function resolveNetworks(work: Resolution): Network[] {
  const written = networksOfKind<RawNetwork>(work.raw.networks, 'wireguard');
  return written
    .filter(([name]) => work.isSound(['networks', name, 'kind']))
    .map(([name, raw]) => {
      const path = ['networks', name];
      reportMissing(work, name, raw);
      const members = resolveMembers(work, name, raw);
      const clients = resolveClients(work, name, raw);
      const relay = resolveRelay(work, name, raw.relay, members);
      return {
        name,
        interface: resolveInterface(work, name, raw.interface),
        ranges: work.parseAll([...path, 'range'], raw.range, parseRange),
        shape: raw.shape ?? 'mesh',
        ...resolveHubs(work, name, raw, members, clients),
        port: raw.port ?? 51820,
        mtu: raw.mtu ?? 1420,
        keepalive: raw.keepalive ?? 25,
        ...(relay !== undefined && { relay }),
        members,
        advertises: resolveAdvertised(work, name, raw, members),
        internet: raw.internet ?? false,
        presharedKeys: raw.presharedKeys ?? false,
        clients,
        unmanaged: resolveUnmanaged(work, name, raw, members),
      };
    });
}

function resolveInterface(work: Resolution, network: string, written = 'wg0'): string {
  const meaning = INTERFACE_WORDS.get(written);
  if (meaning !== undefined) {
    const message = `${show(written)} can't be a WireGuard interface: ${meaning}`;
    work.report(['networks', network, 'interface'], message, 'choose another name, such as wg0');
  }
  return written;
}

function resolveMembers(work: Resolution, network: string, raw: RawNetwork): Member[] {
  return Object.entries(raw.addresses ?? {}).flatMap(([node, written]): Member[] => {
    const at = ['networks', network, 'addresses', node];
    if (!work.refer(at, node, 'node', 'key')) return [];
    return [{ node, addresses: work.parseAll(at, written, parseAddress) }];
  });
}

function resolveRelay(
  work: Resolution,
  network: string,
  relay: string | undefined,
  members: readonly Member[],
): string | undefined {
  if (relay === undefined) return undefined;
  const names = members.map(({ node }) => node);
  if (names.includes(relay)) return relay;
  const message = `must name a member of the network; got ${show(relay)}`;
  work.report(['networks', network, 'relay'], message, suggest(relay, names, 'the network has no members'));
  return undefined;
}
