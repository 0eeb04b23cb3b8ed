import { HOME, type HostKeys, inventoryText, type LanePlan, sshLines } from './plan.js';

/** Two machines that no other lane touches: one on the internet, logged into as root, and one at home behind sudo. */
export function pairLane(index: number): LanePlan {
  const edge = `edge-${index}`;
  const home = `home-${index}`;
  const places = { [edge]: `198.51.100.${80 + index}`, [home]: `192.168.85.${10 + index}` };
  const range = `172.27.${85 + index}`;
  const lines = [edge, home].map((name, place) => ({
    name,
    port: 2200 + 10 * index + place,
    target: { host: places[name] as string, port: 22 },
  }));
  const parts = (hostKeys?: HostKeys) => {
    const ssh = hostKeys === undefined ? undefined : sshLines(lines, hostKeys);
    return {
      sites: [{ ...HOME, forwards: [`{ port: ${52000 + index}, node: ${home}, nodePort: 51820 }`] }],
      nodes: {
        [edge]: `role: edge, public: ${places[edge]}, ssh: { user: root${ssh?.(edge) ?? ''} }`,
        [home]: `role: server, site: home, lan: ${places[home]}, ssh: { user: ops, sudo: password${ssh?.(home) ?? ''} }`,
      },
      networks: {
        [`lane-${index}`]: `range: ${range}.0/24, port: 51820, addresses: { ${edge}: ${range}.1, ${home}: ${range}.2 }`,
      },
    };
  };
  return {
    kind: 'pair',
    index,
    edge,
    home,
    nodes: [edge, home],
    lines,
    lab: parts(),
    text: (hostKeys) => inventoryText(`lane-${index}`, parts(hostKeys), HOME.name),
    logins: () => [
      { node: edge, ways: [[`root@${places[edge]}`]] },
      { node: home, ways: [[`ops@${places[home]}`]] },
    ],
  };
}
