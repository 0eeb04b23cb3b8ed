import type { Wanted } from './wanted.js';

/** A port on the laptop's loopback, and the sshd to which it leads. */
export interface LaneLine {
  readonly name: string;
  readonly port: number;
  readonly target: { readonly host: string; readonly port: number };
}

export type HostKeys = ReadonlyMap<string, readonly string[]>;

/** Parts of an inventory, as YAML flow mappings without their braces. */
export interface InventoryParts {
  readonly sites: readonly {
    readonly name: string;
    readonly subnet: string;
    readonly router: string;
    readonly public: string;
    readonly forwards: readonly string[];
  }[];
  readonly nodes: Readonly<Record<string, string>>;
  readonly networks: Readonly<Record<string, string>>;
}

/** How a person logs into a node by plain `ssh`: arguments, any of which will do. */
export interface Login {
  readonly node: string;
  readonly ways: readonly (readonly string[])[];
}

/** Machines that no other lane touches. */
export interface LanePlan {
  /** `pair`: one on the internet and one at home. `group`: a jump host, one behind it, and one far away. */
  readonly kind: 'pair' | 'group';
  readonly index: number;
  readonly edge: string;
  readonly home: string;
  readonly nodes: readonly string[];
  readonly lines: readonly LaneLine[];
  /** Its part of the inventory from which the lab is built. */
  readonly lab: InventoryParts;
  /** Its own inventory, which dials its machines through the lines. */
  text(hostKeys: HostKeys, wanted?: Wanted): string;
  /** Ways past the lines, in networks any of which may be the one that is there. */
  logins(wanted?: readonly Wanted[]): readonly Login[];
}

/** The part of a node's `ssh` that dials it through its line. */
export const sshLines =
  (lines: readonly LaneLine[], hostKeys: HostKeys) =>
  (node: string): string => {
    const line = lines.find(({ name }) => name === node);
    const dialled = line === undefined ? '' : `, host: 127.0.0.1, port: ${line.port}`;
    return `${dialled}, hostKey: ${JSON.stringify(hostKeys.get(node) ?? [])}`;
  };

export function inventoryText(name: string, parts: InventoryParts, laptop: string | undefined): string {
  const { sites, nodes, networks } = parts;
  const flow = (entries: Readonly<Record<string, string>>) =>
    Object.entries(entries).map(([key, value]) => `  ${key}: { ${value} }`);
  const siteLines = sites.map(
    (site) =>
      `  ${site.name}: { subnet: ${site.subnet}, router: ${site.router}, public: ${site.public}, forwards: [${site.forwards.join(', ')}] }`,
  );
  return [
    `name: ${name}`,
    'sites:',
    ...siteLines,
    'nodes:',
    ...flow(nodes),
    ...(Object.keys(networks).length === 0 ? [] : ['networks:', ...flow(networks)]),
    ...(laptop === undefined ? [] : [`lab: { laptop: ${laptop} }`]),
    '',
  ].join('\n');
}

/** The site where the laptop stands, and every pair's machine at home. */
export const HOME = {
  name: 'home',
  subnet: '192.168.85.0/24',
  router: '192.168.85.1',
  public: '203.0.113.85',
};

/** The inventory from which the lab with the machines of all lanes is built. */
export function labInventory(name: string, lanes: readonly LanePlan[]): string {
  const sites = new Map<string, InventoryParts['sites'][number]>([[HOME.name, { ...HOME, forwards: [] }]]);
  for (const site of lanes.flatMap(({ lab }) => lab.sites)) {
    const known = sites.get(site.name);
    sites.set(site.name, { ...site, forwards: [...(known?.forwards ?? []), ...site.forwards] });
  }
  const parts = {
    sites: [...sites.values()],
    nodes: Object.assign({}, ...lanes.map(({ lab }) => lab.nodes)),
    networks: Object.assign({}, ...lanes.map(({ lab }) => lab.networks)),
  };
  return inventoryText(name, parts, HOME.name);
}
