import { hostPort, hostRoute } from '../../../../model/address.js';
import { memberOf } from '../../../../model/atlas.js';
import type { Inventory, Network, Node } from '../../../../model/inventory.js';
import { writeChange } from '../../../shared/write-change.js';
import type { Change } from '../../../step.js';
import { renderConfig } from '../../overlay/config.js';
import { sharesKey } from '../../overlay/peers.js';
import type { Peer } from '../../overlay/types.js';
import { KEEPS_AWAY } from '../../ownership/keeps-away.js';
import { asideOfMaker, factsOf } from '../../retire/aside.js';
import { tunnelUnitOf } from '../../retire/scripts.js';
import { configPath } from '../../tunnel/readings.js';
import { sameSet } from '../../tunnel/repair.js';
import type { KnownPeer, PeerThere } from '../peers.js';
import type { SeenForAdoption } from '../question.js';
import { startsAsIs, takeoverScript } from './script.js';

/** An interface that is being taken over. */
export interface TakenOver {
  readonly context: { readonly inventory: Inventory; readonly node: Node };
  readonly network: Network;
  readonly interface: string;
  readonly seen: SeenForAdoption;
  readonly known: readonly KnownPeer[];
}

const NONE = { level: 'none' } as const;
const UNIT_OF = { networkd: 'systemd-networkd.service', NetworkManager: 'NetworkManager.service' } as const;

/** A peer as the node has it, in the inventory's words if they mean the same. */
function peerAsThere(network: Network, wanted: Peer, there: PeerThere): Peer {
  const { endpoint, keepalive: _, ...rest } = wanted;
  const [, host = '', port] = /^\[?(.+?)\]?:(\d+)$/.exec(there.written ?? '') ?? [];
  const isSame = endpoint !== undefined && hostPort(endpoint.address, endpoint.port) === there.written;
  const written = { address: host, port: Number(port), via: 'public' } as const;
  return {
    ...rest,
    ...(there.written !== undefined && { endpoint: isSame ? endpoint : written }),
    ...(there.keepalive > 0 && { keepalive: there.keepalive }),
    allowedIps: sameSet(there.allowedIps, wanted.allowedIps) ? wanted.allowedIps : there.allowedIps,
    ...(wanted.client === true && { publicKey: there.publicKey }),
    ...(sharesKey(network, wanted) !== there.shared && { unmanaged: { presharedKey: there.shared } }),
  };
}

/** The configuration that wg-quick gets of an interface which another program makes: it says the same, in our words. */
export function writtenConfig({ context, network, seen, known }: TakenOver): string {
  const { live } = seen.interface;
  const member = memberOf(network, context.node.name);
  const wanted = member.addresses.map(hostRoute);
  const addresses = live?.addresses ?? wanted;
  return renderConfig({
    network: { ...network, port: live?.port ?? network.port, mtu: live?.mtu ?? network.mtu },
    member: sameSet(addresses, wanted) ? member : { ...member, addresses },
    peers: known.flatMap(({ there, wanted: peer }) => (peer ? [peerAsThere(network, peer, there)] : [])),
    publicKeyOf: (name) => known.find((peer) => peer.name === name)?.there.publicKey ?? '',
  });
}

/** Moves an interface from the program that makes it to wg-quick; `[]` if that makes it already. */
export function takeoverChanges(taken: TakenOver): Change[] {
  const { context, network, interface: name, seen } = taken;
  if (seen.takeover === undefined) return [];
  const { kind, files } = seen.takeover;
  const path = configPath(name);
  const content = writtenConfig(taken);
  const aside = asideOfMaker(name);
  const facts = factsOf(context.inventory, context.node.name, network.name);
  const unit = tunnelUnitOf(name);
  const peers = taken.known.flatMap(({ addresses }) => addresses);
  return [
    {
      ...writeChange({ path, content, mode: '0600' }, undefined),
      summary: `write ${path}, which says the same as ${files.join(' and ')}`,
    },
    {
      summary: `give ${name} from ${kind} to wg-quick while it runs, and move ${files.join(' and ')} to ${aside}`,
      disruption: NONE,
      script: takeoverScript({ interface: name, unit, takeover: seen.takeover, aside, facts, peers }),
      touches: {
        files: [aside, KEEPS_AWAY[kind](name), startsAsIs(unit), ...files],
        units: [unit, UNIT_OF[kind]],
        network: true,
      },
    },
  ];
}
