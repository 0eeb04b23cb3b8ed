import { leaveNetworks, removeNode } from '../../../src/app/remove/edit-inventory.js';
import { resolveText } from '../../layers/wireguard/clients/support.js';

const file = 'inventory.yaml';
const TEXT = `name: small # ours
sites:
  home:
    subnet: 192.168.1.0/24
    public: 203.0.113.1
    forwards:
      # to the gateway
      - { port: 51820, node: gw, nodePort: 51820 }
      - { port: 51821, node: pc, nodePort: 51820 } # pc
nodes:
  # rented
  vps: { public: 198.51.100.1 }
  gw: { site: home, lan: 192.168.1.2 }
  pc: { site: home, lan: 192.168.1.3 } # the old one
networks:
  home:
    shape: hub
    hub: vps # always on
    range: 10.1.0.0/24
    hubOf: { gw: vps }
    addresses:
      vps: 10.1.0.1
      gw: 10.1.0.2
      pc: 10.1.0.3 # pc, too
    advertise:
      gw: { subnets: 192.168.1.0/24 }
`;

const namesOf = (text: string) => {
  const { nodes, networks, sites } = resolveText(text);
  return {
    nodes: nodes.map(({ name }) => name),
    members: networks.flatMap(({ members }) => members.map(({ node }) => node)),
    advertises: networks.flatMap(({ advertises }) => advertises.map(({ node }) => node)),
    forwards: sites.flatMap(({ forwards }) => forwards.map(({ node }) => node)),
  };
};

describe('a node of an inventory', () => {
  it('leaves its networks, and stays a node', () => {
    const edited = leaveNetworks({ file, text: TEXT }, 'gw');
    expect(namesOf(edited)).toEqual({
      nodes: ['vps', 'gw', 'pc'],
      members: ['vps', 'pc'],
      advertises: [],
      forwards: ['gw', 'pc'],
    });
  });

  it.each([
    ['pc', { nodes: ['vps', 'gw'], members: ['vps', 'gw'], advertises: ['gw'], forwards: ['gw'] }],
    ['gw', { nodes: ['vps', 'pc'], members: ['vps', 'pc'], advertises: [], forwards: ['pc'] }],
  ])('is removed with all that names it: %s', (node, left) => {
    const edited = removeNode({ file, text: TEXT }, node);
    expect(namesOf(edited)).toEqual(left);
    for (const comment of ['# ours', '# rented', '# always on']) expect(edited).toContain(comment);
  });

  it('removes only its own lines if no list is changed', () => {
    const plain = TEXT.replace(/ {4}forwards:\n(?: {6}.*\n)+/, '');
    const edited = removeNode({ file, text: plain }, 'pc');
    expect(edited).toBe(plain.replace(/ {2}pc: \{.*\n/, '').replace(/ {6}pc: .*\n/, ''));
  });

  it('leaves a site no empty list of forwards', () => {
    const edited = removeNode({ file, text: removeNode({ file, text: TEXT }, 'pc') }, 'gw');
    expect(edited).not.toContain('forwards');
    expect(namesOf(edited).nodes).toEqual(['vps']);
  });
});
