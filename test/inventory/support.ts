import { formatProblem, InputError } from '../../src/core/errors.js';
import { parseYaml } from '../../src/document/index.js';
import { type LoadedInventory, resolveDocument } from '../../src/inventory/index.js';

/** Resolves an inventory given as text; problems call the file `i.yaml`. */
export function resolve(text: string): LoadedInventory {
  return resolveDocument(parseYaml('i.yaml', text));
}

/** The problems of an inventory given as text, as a user reads them; none when it is sound. */
export function problemsOf(text: string): string[] {
  try {
    resolve(text);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(formatProblem);
  }
}

/** Two nodes in one site and one on the internet, sound; tests break one line of it. */
export const SOUND = `name: home
sites:
  home:
    subnet: 192.168.15.0/24
    router: 192.168.15.1
    public: 203.0.113.10
    forwards:
      - { port: 51820, node: wk-1 }
      - { port: 51821, node: wk-2, nodePort: 51820 }
nodes:
  edge: { public: 198.51.100.25 }
  wk-1: { site: home, lan: 192.168.15.3 }
  wk-2: { site: home, lan: 192.168.15.4 }
networks:
  mesh:
    range: 172.27.15.0/24
    addresses:
      edge: 172.27.15.31
      wk-1: 172.27.15.11
      wk-2: 172.27.15.12
`;

/** A hub, a gateway to a LAN, a machine on it, and a phone; sound. */
export const HUB = `name: hub
sites:
  home: { subnet: 192.168.1.0/24, router: 192.168.1.1, public: 203.0.113.8 }
nodes:
  vps: { public: 198.51.100.8 }
  gw: { site: home, lan: 192.168.1.10 }
  lan-1: { site: home, lan: 192.168.1.100 }
networks:
  home:
    shape: hub
    hub: vps
    range: 10.8.0.0/24
    addresses:
      vps: 10.8.0.1
      gw: 10.8.0.3
    advertise:
      gw: { subnets: 192.168.1.0/24 }
    clients:
      phone: { address: 10.8.0.2 }
`;

/** SOUND, or another inventory, with one piece of text replaced; the piece must be there. */
export function broken(piece: string, by: string, inventory = SOUND): string {
  if (!inventory.includes(piece)) throw new Error(`not in the inventory: ${piece}`);
  return inventory.replace(piece, by);
}
