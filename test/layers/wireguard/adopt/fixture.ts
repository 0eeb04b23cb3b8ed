import { type Adoption, adoptionOf, PeerNames } from '../../../../src/layers/wireguard/adopt/adoption.js';
import type { SeenForAdoption } from '../../../../src/layers/wireguard/adopt/question.js';
import { parseInterface } from '../../../../src/layers/wireguard/tunnel/live.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { resolveText } from '../clients/support.js';

export const TEXT = `name: small # ours
nodes:
  vps: { public: 198.51.100.1 }
  spoke: { public: 198.51.100.2 }
networks:
  home:
    shape: hub
    hub: vps # rented
    range: [10.8.0.0/24, "fd00:8::/64"]
    addresses:
      vps: [10.8.0.1, "fd00:8::1"]
      spoke: [10.8.0.3, "fd00:8::3"]
    clients:
      tablet: { address: 10.8.0.7 }
`;

export const keyOf = (who: string): string => Buffer.from(who.padEnd(32, '.')).toString('base64');

export interface There {
  readonly config?: string;
  readonly live?: readonly string[];
  readonly about?: Partial<SeenForAdoption>;
}

export function seenOf({ config, live, about }: There): SeenForAdoption {
  const said = [
    'ActiveState=active',
    'UnitFileState=enabled',
    ...(live === undefined ? [] : ['@mtu 1420', ...live]),
    ...(config === undefined ? [] : [`@inline ${keyOf('own')}`, '@config 600 root root', config]),
  ].join('\n');
  return {
    interface: parseInterface(said),
    hasTools: true,
    setup: undefined,
    makers: [],
    closed: [],
    sources: [],
    settings: [],
    presharedKeys: new Map(),
    ssh: undefined,
    ...about,
  };
}

export function adopted(
  there: There,
  node = 'vps',
  text = TEXT,
  names = new PeerNames(resolveText(text)),
): Adoption {
  const inventory: Inventory = resolveText(text);
  const network = inventory.networks[0] as Network;
  return adoptionOf({ inventory, node, network, interface: 'wg0', seen: seenOf(there) }, names);
}
