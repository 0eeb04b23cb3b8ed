import { type HostKeys, inventoryText, type LanePlan, sshLines } from './plan.js';
import { MEMBERS, type Member, type Wanted } from './wanted.js';

/** UDP ports that the router of a group's site forwards to the machine behind the jump host. */
export const GROUP_PORTS = { first: 51820, second: 51999 } as const;

/** What else is known about a group besides its plan: names by role, and addresses that they had or will have. */
export interface GroupPlan extends LanePlan {
  readonly kind: 'group';
  readonly far: string;
  readonly site: string;
  readonly farPublic: Readonly<Record<Wanted['farPublic'], string>>;
  readonly sitePublic: Readonly<Record<Wanted['sitePublic'], string>>;
  readonly innerLan: string;
  /** What its machines are given first. */
  readonly first: Wanted;
  /** A member's address in the overlay. */
  address(wanted: Wanted, member: Member): string;
  nameOf(member: Member): string;
}

/** Three machines: a jump host on the internet and in a LAN, one of the LAN behind it, and one elsewhere on the internet. */
export function groupLane(index: number): GroupPlan {
  const names = { edge: `gate-${index}`, home: `inner-${index}`, far: `far-${index}` };
  const site = `yard-${index}`;
  const lan = `192.168.${95 + index}`;
  const gatePublic = `198.51.100.${100 + index}`;
  const farPublic = { first: `198.51.100.${120 + index}`, second: `198.51.100.${140 + index}` };
  const sitePublic = { first: `203.0.113.${100 + index}`, second: `203.0.113.${120 + index}` };
  const innerLan = `${lan}.11`;
  const first: Wanted = {
    name: `group-${index}`,
    network: `group-${index}`,
    interface: 'wg0',
    port: GROUP_PORTS.first,
    range: `172.27.${100 + index}`,
    members: MEMBERS,
    shape: 'mesh',
    farPublic: 'first',
    sitePublic: 'first',
    dialled: 'lan',
  };
  const lines = [
    { name: names.edge, port: 2300 + 10 * index, target: { host: gatePublic, port: 22 } },
    { name: names.far, port: 2301 + 10 * index, target: { host: farPublic.first, port: 22 } },
  ];
  const address = ({ range }: Wanted, member: Member) => `${range}.${MEMBERS.indexOf(member) + 1}`;

  const parts = (wanted: Wanted, ports: readonly number[], hostKeys?: HostKeys) => {
    const ssh = hostKeys === undefined ? undefined : sshLines(lines, hostKeys);
    const forwards = ports.map((port) => `{ port: ${port}, node: ${names.home} }`);
    const dialled = wanted.dialled === 'lan' ? '' : `, host: ${wanted.dialled}`;
    const members = wanted.members.map((member) => `${names[member]}: ${address(wanted, member)}`);
    const shape = wanted.shape === 'hub' ? `, shape: hub, hub: ${names.far}` : '';
    return {
      sites: [
        {
          name: site,
          subnet: `${lan}.0/24`,
          router: `${lan}.1`,
          public: sitePublic[wanted.sitePublic],
          forwards,
        },
      ],
      nodes: {
        [names.edge]: `role: edge, public: ${gatePublic}, site: ${site}, lan: ${lan}.10, ssh: { user: root${ssh?.(names.edge) ?? ''} }`,
        [names.home]: `role: server, site: ${site}, lan: ${innerLan}, ssh: { user: ops, sudo: password, jump: ${names.edge}${dialled}${ssh?.(names.home) ?? ''} }`,
        [names.far]: `role: far, public: ${farPublic[wanted.farPublic]}, ssh: { user: root${ssh?.(names.far) ?? ''} }`,
      },
      networks:
        members.length === 0
          ? {}
          : {
              [wanted.network]: `interface: ${wanted.interface}, range: ${wanted.range}.0/24, port: ${wanted.port}, addresses: { ${members.join(', ')} }${shape}`,
            },
    };
  };
  const inner = ({ dialled }: Wanted) => [
    '-J',
    `root@${gatePublic}`,
    '-o',
    `HostKeyAlias=${innerLan}`,
    `ops@${dialled === 'lan' ? innerLan : dialled}`,
  ];
  return {
    kind: 'group',
    index,
    edge: names.edge,
    home: names.home,
    far: names.far,
    nodes: [names.edge, names.home, names.far],
    lines,
    site,
    farPublic,
    sitePublic,
    innerLan,
    first,
    address,
    nameOf: (member) => names[member],
    lab: parts(first, Object.values(GROUP_PORTS)),
    text: (hostKeys, wanted = first) =>
      inventoryText(wanted.name, parts(wanted, [wanted.port], hostKeys), undefined),
    logins: (wanted = [first]) => [
      { node: names.edge, ways: [[`root@${gatePublic}`]] },
      { node: names.home, ways: wanted.map(inner) },
      {
        node: names.far,
        ways: [
          [`root@${farPublic.first}`],
          ['-o', `HostKeyAlias=${farPublic.first}`, `root@${farPublic.second}`],
        ],
      },
    ],
  };
}
