/** How the inventory of a measurement differs from the plain one. */
export interface Variant {
  /** Whether the first home machine is called at its other port. */
  readonly moved?: boolean;
  /** Dials `127.0.0.1` at this port and up, one a node, with the keys pinned; straight when left out. */
  readonly proxy?: { readonly port: number; readonly hostKeys: readonly string[] };
}

const EDGE = '198.51.100.40';
const WAN = '203.0.113.40';
/** The other external port of the first home machine. */
export const OTHER_PORT = 60000;

export interface BenchNode {
  readonly name: string;
  readonly address: string;
  readonly overlay: string;
  readonly home: boolean;
}

/** One rented server and `size - 1` machines in one home behind a router with a UDP forward for each. */
export function benchNodes(size: number): BenchNode[] {
  return Array.from({ length: size }, (_, index): BenchNode => {
    const overlay = `172.28.40.${index + 1}`;
    if (index === 0) return { name: 'edge', address: EDGE, overlay, home: false };
    return { name: `home-${index}`, address: `192.168.40.${index + 1}`, overlay, home: true };
  });
}

/** The inventory of the measurements as YAML. Both ports of the first home machine are forwarded; the first one counts. */
export function benchInventory(size: number, { moved = false, proxy }: Variant = {}): string {
  const nodes = benchNodes(size);
  const forward = (port: number, node: string): string =>
    `      - { port: ${port}, node: ${node}, nodePort: 51820 }`;
  const [first, ...others] = nodes.filter(({ home }) => home);
  const both = [51821, OTHER_PORT];
  const forwards = [
    ...(moved ? both.reverse() : both).map((port) => forward(port, first?.name ?? '')),
    ...others.map(({ name }, index) => forward(51822 + index, name)),
  ];
  const ssh = (index: number): string =>
    proxy === undefined
      ? '{ user: root }'
      : `{ user: root, host: 127.0.0.1, port: ${proxy.port + index}, hostKey: ${proxy.hostKeys[index]} }`;
  return `name: bench-${size}
sites:
  home:
    subnet: 192.168.40.0/24
    router: 192.168.40.254
    public: ${WAN}
    forwards:
${forwards.join('\n')}
nodes:
${nodes.map(({ name, address, home }, index) => `  ${name}: { ${home ? `site: home, lan: ${address}` : `public: ${address}`}, ssh: ${ssh(index)} }`).join('\n')}
networks:
  mesh:
    range: 172.28.40.0/24
    addresses: { ${nodes.map(({ name, overlay }) => `${name}: ${overlay}`).join(', ')} }
lab: { laptop: home }
`;
}
