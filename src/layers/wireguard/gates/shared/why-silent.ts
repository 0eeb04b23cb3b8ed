import { allowFix, causeText } from '../../../../facts/firewall/cause.js';
import { courseOf } from '../../../../facts/firewall/evaluate.js';
import { type Rules, TOO_LONG } from '../../../../facts/firewall/read.js';
import { familyOf } from '../../../../model/address.js';
import type { Inventory } from '../../../../model/inventory.js';
import { endpointFor } from '../../overlay/endpoint.js';
import { callOf } from './callers.js';
import type { EndpointPair } from './pairs.js';

/** What a node heard and sent, as far as it explains why a peer was not heard. */
export interface Heard {
  /** `NETWORK PEER` of those heard. */
  readonly heard: ReadonlySet<string>;
  /** `NETWORK PEER` to the address from which it was heard. */
  readonly sources: ReadonlyMap<string, string>;
  readonly sent: ReadonlyMap<string, { readonly outcome: string }>;
  readonly tables: Rules;
}

export interface Why {
  readonly seen: string;
  readonly fix: string;
  /** False if it is only one of several possible causes. */
  readonly certain: boolean;
}

type All = ReadonlyMap<string, Heard>;

/**
 * Why the datagrams of a pair did not arrive: the sender's route, the target's firewall, a changed public address. A rule
 * that only may match comes after all certain causes.
 */
export function whySilent(inventory: Inventory, pair: EndpointPair, seen: All): Why | undefined {
  return (
    noRoute(pair, seen) ??
    dropped(inventory, pair, seen, 'surely') ??
    moved(inventory, pair, seen) ??
    neighbours(inventory, pair, seen) ??
    dropped(inventory, pair, seen, 'perhaps') ??
    unknown(pair, seen)
  );
}

function unknown({ to }: EndpointPair, seen: All): Why | undefined {
  const target = seen.get(to);
  if (target === undefined || target.tables !== undefined) return undefined;
  return {
    seen: `whether its firewall drops them is not known: ${TOO_LONG}`,
    fix: `find what drops them on ${to}: \`nft -t list ruleset\` shows its rules without their sets`,
    certain: false,
  };
}

function noRoute({ network, from, to, endpoint }: EndpointPair, seen: All): Why | undefined {
  const outcome = seen.get(from)?.sent.get(`${network.name} ${to}`)?.outcome ?? '';
  if (!/unreachable|no route to host/i.test(outcome)) return undefined;
  const family = familyOf(endpoint.address);
  return {
    seen: `${from} has no route to ${endpoint.address}: a routing problem, not a firewall`,
    fix: `check \`ip -${family} route get ${endpoint.address}\` on ${from} and give it a route; if ${from} has no IPv${family} internet access, remove that family's addresses from the inventory`,
    certain: true,
  };
}

function dropped(
  inventory: Inventory,
  pair: EndpointPair,
  seen: All,
  how: 'surely' | 'perhaps',
): Why | undefined {
  const { network, from, to, endpoint } = pair;
  const packet = callOf(inventory, network, { from, endpoint });
  const { drop, maybe } = courseOf(seen.get(to)?.tables ?? [], packet);
  const cause = how === 'surely' ? drop : maybe[0];
  if (cause === undefined) return undefined;
  const drops = how === 'surely' ? 'its firewall drops them' : 'its firewall may drop them';
  return {
    seen: `${drops}: ${causeText(cause)}`,
    fix: allowFix(cause, packet, to),
    certain: how === 'surely',
  };
}

/** The public address from which a site's nodes are heard, if the inventory has a different one. */
function moved(inventory: Inventory, { network, endpoint }: EndpointPair, seen: All): Why | undefined {
  const site = inventory.sites.find(({ name }) => name === endpoint.site);
  if (endpoint.via !== 'forward' || site === undefined) return undefined;
  const inside = inventory.nodes.filter((node) => node.site === site.name);
  const callsFrom = [...seen].flatMap(([hearer, { sources }]) => {
    if (inside.some(({ name }) => name === hearer)) return [];
    return inside.flatMap(({ name, publicAddresses }) => {
      const address = publicAddresses.length > 0 ? undefined : sources.get(`${network.name} ${name}`);
      return address === undefined || familyOf(address) !== familyOf(endpoint.address)
        ? []
        : [{ hearer, address }];
    });
  });
  const [other] = callsFrom.filter(({ address }) => !site.publicAddresses.includes(address));
  if (other === undefined || callsFrom.some(({ address }) => address === endpoint.address)) return undefined;
  return {
    seen: `the inventory says ${endpoint.address} for site ${site.name}, but its nodes reach ${other.hearer} from ${other.address}`,
    fix: `change \`sites.${site.name}.public\` from ${endpoint.address} to ${other.address} in ${inventory.file}, then apply; if its address should be ${endpoint.address}, check why its router sends from another one`,
    certain: true,
  };
}

/** If its neighbours aren't heard either, the router isn't the cause. */
function neighbours(inventory: Inventory, pair: EndpointPair, seen: All): Why | undefined {
  const { network, to, endpoint } = pair;
  if (endpoint.via !== 'forward') return undefined;
  const target = seen.get(to);
  const rule = dropped(inventory, pair, seen, 'perhaps');
  const beside = network.members
    .map(({ node }) => node)
    .filter(
      (node) => node !== to && seen.has(node) && endpointFor(inventory, network, node, to)?.via === 'lan',
    );
  const deaf = beside.filter((node) => target?.heard.has(`${network.name} ${node}`) === false);
  if (target === undefined || beside.length === 0 || deaf.length < beside.length) return undefined;
  return {
    seen: `nor does it hear ${deaf.join(', ')} next to it on the LAN, so it isn't the router${rule === undefined ? '' : `; ${rule.seen}`}`,
    fix:
      rule?.fix ??
      `open UDP port ${network.port} in the firewall of ${to}, and check that it has its LAN address; check the router only when ${deaf.join(', ')} can reach it`,
    certain: true,
  };
}
