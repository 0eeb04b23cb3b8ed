/** `10.40.3.17` for the 768th and so on: 250 addresses of each /24. */
const address = (prefix: string, index: number): string =>
  `${prefix}.${Math.floor(index / 250)}.${(index % 250) + 1}`;

/** A mesh of one rented server and `size - 1` machines behind one router with a forward for each, as YAML. */
export function largeInventory(size: number): string {
  const homes = Array.from({ length: size - 1 }, (_, index) => ({
    name: `home-${index + 1}`,
    port: 20_000 + index,
    lan: address('10.40', index),
    overlay: address('172.28', index),
  }));
  return `name: growth-${size}
sites:
  home:
    subnet: 10.40.0.0/16
    router: 10.40.255.254
    public: 203.0.113.40
    forwards:
${homes.map(({ name, port }) => `      - { port: ${port}, node: ${name}, nodePort: 51820 }`).join('\n')}
nodes:
  edge: { public: 198.51.100.40, ssh: { user: root } }
${homes.map(({ name, lan }) => `  ${name}: { site: home, lan: ${lan}, ssh: { user: root } }`).join('\n')}
networks:
  mesh:
    range: 172.28.0.0/16
    addresses: { edge: 172.28.255.1, ${homes.map(({ name, overlay }) => `${name}: ${overlay}`).join(', ')} }
`;
}
