import { sha256 } from '../../../../core/sha256.js';
import { familyOf } from '../../../../model/address.js';
import { subnetsOf } from '../../../../model/shape.js';
import type { Finding } from '../../../gate.js';
import { forwardingTable } from '../../../host/forwarding/table-name.js';
import { unitOf } from '../../../host/forwarding/unit.js';
import { wipedBy } from '../../../host/forwarding/wiped.js';
import { overruledAtBoot } from '../../../host/kernel/at-boot.js';
import { forwardingRuleset } from '../../forwarding/table.js';
import { addressesOf } from '../shared/members.js';
import { type Judged, masqueraded, REPAIR, stop } from './judged.js';
import { difference, SWITCHES } from './seen.js';

/** The kernel's switches, for the families that the node has addresses of. */
export function judgeSwitches(judged: Judged): readonly Finding[] {
  const { network, node, seen: all } = judged;
  const own = [...addressesOf(network, node), ...subnetsOf(network, node)];
  const families = [4, 6].filter((family) => own.some((address) => familyOf(address) === family)) as (
    | 4
    | 6
  )[];
  return families.flatMap((family) => {
    const value = all.switches[family];
    const key = SWITCHES[family].replaceAll('/', '.');
    if (value === '1') return [];
    const overruled = overruledAtBoot(all.boot, key, 1);
    const again =
      overruled === undefined ? 'if it comes back, another program turns it off' : `${overruled.fix} first`;
    const fix =
      value === undefined
        ? `enable IPv${family} on ${node}, or remove its IPv${family} address in network ${network.name}`
        : `${REPAIR} on ${node}; ${again}`;
    const why = overruled === undefined ? '' : `; ${overruled.seen}`;
    const seen = value === undefined ? 'no such key' : `${value}${why}`;
    return [stop(judged, `${key} = 1: ${node} forwards IPv${family} packets`, seen, fix)];
  });
}

/** Our table is there, unchanged since it was loaded, and for this inventory. */
export function judgeTable(judged: Judged): readonly Finding[] {
  const { context, network, node, seen, own } = judged;
  const { live, loaded, sum } = own;
  const table = `table inet ${forwardingTable(network.interface)}`;
  const lans = masqueraded(judged);
  const purpose = lans.length > 0 ? `, which masquerades onto ${lans.join(', ')}` : '';
  const expected = `${table}${purpose}`;
  const fix = `${REPAIR} on ${node}`;
  if (!seen.nft)
    return [stop(judged, expected, 'nft is not installed', `install nftables on ${node} and ${fix}`)];
  if (live.length === 0) {
    const number = seen.networks.indexOf(own);
    return [stop(judged, expected, `no such table${wipedBy(seen.wiped, number)}`, fix)];
  }
  if (sum === undefined) return [stop(judged, expected, 'something else loaded it', fix)];
  if (live.join('\n') !== loaded.join('\n')) return [stop(judged, expected, difference(own), fix)];
  const wanted = forwardingRuleset(context.inventory, network, node);
  const current = sha256(wanted) === sum;
  return current
    ? []
    : [stop(judged, expected, 'it was loaded for a different version of the inventory', fix)];
}

/** The unit that loads our table at boot is enabled. */
export function judgeUnit(judged: Judged): readonly Finding[] {
  const { network, node, own } = judged;
  const unit = unitOf(network.interface);
  if (own.enabled) return [];
  const fix = `systemctl enable ${unit} on ${node}, or ${REPAIR}`;
  return [stop(judged, `${unit} enabled, so that the rules are loaded at boot`, 'not enabled', fix)];
}
