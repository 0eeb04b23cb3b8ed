import { InputError } from '../../../src/core/errors.js';
import { parseYaml } from '../../../src/document/index.js';
import { type Inventory, resolveDocument } from '../../../src/inventory/index.js';
import { bothStates, type LabState } from '../../../src/lab/topology/both.js';
import { planLab } from '../../../src/lab/topology/lab.js';

const inventory = (changes: object = {}): Inventory =>
  resolveDocument(
    parseYaml(
      'net.yaml',
      JSON.stringify({
        name: 'net',
        sites: {
          home: {
            subnet: '192.168.15.0/24',
            public: '203.0.113.10',
            forwards: [
              { port: 51820, node: 'wk-1', nodePort: 51820 },
              { protocol: 'tcp', port: 2201, node: 'wk-1', nodePort: 22 },
            ],
          },
        },
        nodes: {
          edge: { public: '198.51.100.25', ssh: { user: 'root' } },
          'wk-1': { site: 'home', lan: '192.168.15.3', ssh: { host: '203.0.113.10', port: 2201 } },
        },
        ...changes,
      }),
    ),
  ).inventory;

const homeWith = (changes: object) => ({
  sites: { home: { subnet: '192.168.15.0/24', public: '203.0.113.10', ...changes } },
});
const namesOf = ({ nodes }: Inventory) => nodes.map(({ name }) => name);
const forwardsOf = ({ sites }: Inventory) =>
  sites.flatMap(({ forwards }) => forwards.map(({ protocol, port }) => `${protocol} ${port}`));

const inventoriesOf = (former: Inventory, next: Inventory) => {
  const { before, after } = bothStates(former, next);
  return { before: before.inventory, after: after.inventory };
};

it('has the machines of both, with the new logins and all addresses', () => {
  const former = inventory();
  const next = inventory({
    nodes: {
      'wk-1': { site: 'home', lan: '192.168.15.4', ssh: { user: 'ops' } },
      'wk-2': { site: 'home', lan: '192.168.15.5', ssh: { user: 'root' } },
    },
  });
  const { before, after } = inventoriesOf(former, next);
  expect(namesOf(before)).toEqual(['wk-1', 'wk-2', 'edge']);
  expect(before.nodes[0]).toMatchObject({
    lanAddresses: ['192.168.15.4', '192.168.15.3'],
    ssh: { host: '192.168.15.4', user: 'ops' },
  });
  const plan = planLab(before);
  expect(plan.machines.map(({ node }) => node)).toEqual(['wk-1', 'wk-2', 'edge']);
  expect(planLab(after)).toEqual(plan);
});

it('gives the routers the former forwards until the change, and the ssh forwards of both throughout', () => {
  const next = inventory({
    ...homeWith({
      forwards: [
        { port: 51999, node: 'wk-1', nodePort: 51999 },
        { protocol: 'tcp', port: 2202, node: 'wk-1', nodePort: 22 },
      ],
    }),
    nodes: {
      edge: { public: '198.51.100.25', ssh: { user: 'root' } },
      'wk-1': { site: 'home', lan: '192.168.15.3', ssh: { host: '203.0.113.10', port: 2202 } },
    },
  });
  const { before, after } = inventoriesOf(inventory(), next);
  expect(forwardsOf(before)).toEqual(['udp 51820', 'tcp 2202', 'tcp 2201']);
  expect(forwardsOf(after)).toEqual(['udp 51999', 'tcp 2202', 'tcp 2201']);
  const [one, other] = [before, after].map((state) => planLab({ ...state, lab: {} }));
  expect({ ...one, namespaces: [] }).toEqual({ ...other, namespaces: [] });
});

it('has the names of both states throughout, and each leads where the state says', () => {
  const lab = (names: object) => inventory({ lab: { names } });
  const former = lab({ 'moved.example.com': 'edge', 'gone.example.com': '192.0.2.1' });
  const next = lab({ 'moved.example.com': '192.0.2.2', 'new.example.com': '192.0.2.3' });
  const { before, after } = bothStates(former, next);
  const answers = ({ inventory: all, needs }: LabState) =>
    planLab(all, needs)
      .internet?.dns.records.filter(({ type, name }) => type === 'A' && !name.endsWith('.lab.example'))
      .map(({ name, answers: addresses }) => `${name} ${addresses.join()}`)
      .sort();
  const both = ['gone.example.com 192.0.2.1', 'new.example.com 192.0.2.3'];
  expect(answers(before)).toEqual([both[0], 'moved.example.com 198.51.100.25', both[1]]);
  expect(answers(after)).toEqual([both[0], 'moved.example.com 192.0.2.2', both[1]]);
});

describe('what cannot be rehearsed', () => {
  const problemsOf = (former: Inventory, next: Inventory): string[] => {
    try {
      bothStates(former, next);
    } catch (error) {
      if (error instanceof InputError)
        return error.problems.map(({ path, message }) => `${path}: ${message}`);
      throw error;
    }
    return [];
  };

  it('is another LAN, or another NAT', () => {
    const lan = { edge: { public: '198.51.100.25' } };
    const former = inventory({ ...homeWith({}), nodes: lan });
    expect(problemsOf(former, inventory({ ...homeWith({ subnet: '192.168.16.0/24' }), nodes: lan }))).toEqual(
      ["sites.home: the LAN was 192.168.15.0/24: a lab can't change the LANs that it is built of"],
    );
    expect(problemsOf(former, inventory({ ...homeWith({ nat: false }), nodes: lan }))).toEqual([
      "sites.home: nat was true: a lab can't change that while it runs",
    ]);
  });

  it('is a machine that takes the address of another', () => {
    const next = inventory({ nodes: { other: { public: '198.51.100.25' } }, sites: {} });
    expect(problemsOf(inventory(), next)).toEqual([
      "nodes.other: 198.51.100.25 was edge's: a lab can't give it to another machine while it runs",
    ]);
  });

  it('is not the same LAN address in another home', () => {
    const home = (address: string, node: string) => ({
      subnet: '192.168.15.0/24',
      public: address,
      forwards: [{ protocol: 'tcp', port: 2201, node, nodePort: 22 }],
    });
    const sites = { home: home('203.0.113.10', 'a'), cabin: home('203.0.113.11', 'b') };
    const node = (site: string, host: string) => ({ site, lan: '192.168.15.3', ssh: { host, port: 2201 } });
    const [a, b] = [node('home', '203.0.113.10'), node('cabin', '203.0.113.11')];
    const former = inventory({ sites: { home: sites.home }, nodes: { a } });
    expect(problemsOf(former, inventory({ sites, nodes: { b, a } }))).toEqual([]);
  });
});
