import type { RawInventory, RawNetwork, RawTailnet } from '../../model/raw.js';

/** What makes a network; each layer that makes some describes its own kind. */
export const NETWORK_KIND = {
  description: 'What makes the network. wireguard: tunnels between the members. tailscale: a tailnet.',
  enum: ['wireguard', 'tailscale'],
  default: 'wireguard',
} as const;

export type NetworkKind = (typeof NETWORK_KIND.enum)[number];

/** The entries of `networks:` of one kind, as they are written; one whose kind was refused has none. */
export function networksOfKind<T>(
  networks: Readonly<Record<string, { readonly kind?: NetworkKind }>> | undefined,
  kind: NetworkKind,
): [string, T][] {
  return Object.entries(networks ?? {}).filter(
    ([, written]) => (written.kind ?? NETWORK_KIND.default) === kind,
  ) as [string, T][];
}

const isTailnet = (network: RawNetwork | RawTailnet | undefined): network is RawTailnet =>
  network?.kind === 'tailscale';

/** The names that are written as members of a network of either kind. */
export function writtenMembers({ networks, nodes }: RawInventory, name: string): readonly string[] {
  const network = networks?.[name];
  if (!isTailnet(network)) return Object.keys(network?.addresses ?? {});
  const { members = 'all' } = network;
  if (members === 'all') return Object.keys(nodes ?? {});
  return [members].flat().filter((member) => member !== null);
}

/** Path of the key that lists a network's members. */
export const membersKey = (network: RawNetwork | RawTailnet | undefined, name: string): string =>
  `networks.${name}.${isTailnet(network) ? 'members' : 'addresses'}`;
