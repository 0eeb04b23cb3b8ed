import { parseYaml } from '../../../../src/document/index.js';
import { resolveDocument } from '../../../../src/inventory/index.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';

/** A hub, a gateway and the lines that a test adds below `networks.home`. */
export function hubText(more = '', range = '10.8.0.0/24', addresses = ['10.8.0.1', '10.8.0.3']): string {
  const [hub, gateway] = addresses;
  return `name: home
sites:
  lan: { subnet: 192.168.1.0/24, public: 203.0.113.8 }
nodes:
  vps: { public: 198.51.100.8 }
  gw: { site: lan, lan: 192.168.1.10 }
networks:
  home:
    shape: hub
    hub: vps
    range: ${range}
    addresses: { vps: ${hub}, gw: ${gateway} }
    advertise: { gw: { subnets: 192.168.1.0/24 } }
${more}`;
}

export function resolveText(text: string): Inventory {
  return resolveDocument(parseYaml('i.yaml', text)).inventory;
}

export function homeOf(inventory: Inventory): Network {
  const home = inventory.networks.find(({ name }) => name === 'home');
  if (!home) throw new Error('no network home');
  return home;
}
