import { nftWord } from '../../../../facts/firewall/nft-word.js';
import { familyOf, hostRoute } from '../../../../model/address.js';
import type { Client, Inventory, Network } from '../../../../model/inventory.js';
import { clientsOf } from '../../../../model/shape.js';
import { NOT_INTERNET, reachOf } from '../../overlay/reach.js';
import type { AllowedService } from '../../overlay/types.js';
import { keyword, likeOf, set } from './matches.js';

/** A chain without a hook. */
export interface NamedChain {
  readonly name: string;
  readonly rules: readonly string[];
}

export interface ClientLimits {
  /** What a base chain begins with. */
  readonly rules: readonly string[];
  /** The chains that those rules jump to. */
  readonly chains: readonly NamedChain[];
}

/**
 * What a hub denies its clients, by their source address, which WireGuard has proven: packets of connections that they opened,
 * also of those opened while they were allowed more. The destination is the original one, so a port that the hub publishes for
 * a container is judged by the hub's address, and by the port that the client asked for.
 */
export function clientLimits(inventory: Inventory, network: Network, node: string): ClientLimits {
  const all = clientsOf(network, node).flatMap((client) =>
    client.addresses.map(hostRoute).map((source) => limits(inventory, network, client, source)),
  );
  return { rules: all.flatMap(({ rules }) => rules), chains: all.flatMap(({ chains }) => chains) };
}

function limits(inventory: Inventory, network: Network, { name }: Client, source: string): ClientLimits {
  const { ranges, services, internet } = reachOf(inventory, network, name);
  const family = keyword(source);
  const allowed = likeOf(source, ranges);
  const ports = services.filter(({ range }) => familyOf(range) === familyOf(source));
  const near = internet ? ` ct original ${family} daddr ${set(likeOf(source, NOT_INTERNET))}` : '';
  const beyond = allowed.length > 0 ? ` ct original ${family} daddr != ${set(allowed)}` : '';
  const denied = `iifname "${network.interface}" ${family} saddr ${source} ct direction original${near}${beyond}`;
  const comment = `comment "${name}"`;
  if (ports.length === 0) return { rules: [`${denied} drop ${comment}`], chains: [] };
  const chain = {
    name: `ports_${family}_${nftWord(name)}`,
    rules: [...ports.map(accepted), `drop ${comment}`],
  };
  return { rules: [`${denied} jump ${chain.name}`], chains: [chain] };
}

/** By `meta l4proto`: with `ct original protocol`, nft 1.0.6 can't read back its own listing, which a guard keeps. */
function accepted({ range, protocol, port }: AllowedService): string {
  const family = familyOf(range) === 4 ? 'ipv4' : 'ipv6';
  return `meta nfproto ${family} ct original ${keyword(range)} daddr ${range} meta l4proto ${protocol} ct original proto-dst ${port} return`;
}
