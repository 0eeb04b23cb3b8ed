/** Two machines that no other lane touches: one on the internet, logged into as root, and one at home behind sudo. */
export interface LanePlan {
  readonly index: number;
  readonly edge: string;
  readonly home: string;
}

/** A port on the laptop's loopback, and the sshd to which it leads. */
export interface LaneLine {
  readonly name: string;
  readonly port: number;
  readonly target: { readonly host: string; readonly port: number };
}

export const lanePlan = (index: number): LanePlan => ({
  index,
  edge: `edge-${index}`,
  home: `home-${index}`,
});

const publicAddress = ({ index }: LanePlan): string => `198.51.100.${80 + index}`;
const lanAddress = ({ index }: LanePlan): string => `192.168.85.${10 + index}`;
const forward = (lane: LanePlan): string =>
  `{ port: ${52000 + lane.index}, node: ${lane.home}, nodePort: 51820 }`;

export function laneLines(lane: LanePlan): LaneLine[] {
  return [
    {
      name: lane.edge,
      port: 2200 + 10 * lane.index,
      target: { host: publicAddress(lane), port: 22 },
    },
    {
      name: lane.home,
      port: 2201 + 10 * lane.index,
      target: { host: lanAddress(lane), port: 22 },
    },
  ];
}

const nodeLines = (lane: LanePlan, ssh: (node: string) => string): string => `
  ${lane.edge}: { role: edge, public: ${publicAddress(lane)}, ssh: { user: root${ssh(lane.edge)} } }
  ${lane.home}: { role: server, site: home, lan: ${lanAddress(lane)}, ssh: { user: ops, sudo: password${ssh(lane.home)} } }`;

const text = (
  name: string,
  lanes: readonly LanePlan[],
  ssh: (node: string) => string,
): string => `name: ${name}
sites:
  home:
    subnet: 192.168.85.0/24
    router: 192.168.85.1
    public: 203.0.113.85
    forwards: [${lanes.map(forward).join(', ')}]
nodes:${lanes.map((lane) => nodeLines(lane, ssh)).join('')}
networks:
${lanes.map((lane) => `  lane-${lane.index}: { range: 172.27.${85 + lane.index}.0/24, port: 51820, addresses: { ${lane.edge}: 172.27.${85 + lane.index}.1, ${lane.home}: 172.27.${85 + lane.index}.2 } }`).join('\n')}
lab: { laptop: home }
`;

/** The inventory from which the lab with the machines of all lanes is built. */
export const labInventory = (name: string, lanes: readonly LanePlan[]): string => text(name, lanes, () => '');

/** A lane's own inventory, which dials its machines through the lines; `hostKeys` by node. */
export function laneInventory(lane: LanePlan, hostKeys: ReadonlyMap<string, readonly string[]>): string {
  const ports = new Map(laneLines(lane).map(({ name, port }) => [name, port]));
  return text(
    `lane-${lane.index}`,
    [lane],
    (node) =>
      `, host: 127.0.0.1, port: ${ports.get(node)}, hostKey: ${JSON.stringify(hostKeys.get(node) ?? [])}`,
  );
}
