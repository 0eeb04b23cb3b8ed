import { planDials } from '../../../../src/lab/topology/dials.js';
import { planLab } from '../../../../src/lab/topology/lab.js';
import { endpointFor } from '../../../../src/layers/wireguard/overlay/endpoint.js';
import { sameSite } from '../../../../src/model/location.js';
import { problemsOf, resolve } from '../../../inventory/support.js';

/** Two homes with routers of one make, and a machine on the internet. Machines of both have the very same address. */
const HOMES = `name: homes
sites:
  ann:
    subnet: 192.168.178.0/24
    router: 192.168.178.1
    public: 203.0.113.10
    forwards: [{ port: 51820, node: ann-1 }, { protocol: tcp, port: 2222, node: ann-1, nodePort: 22 }]
  bob:
    subnet: 192.168.178.0/24
    router: 192.168.178.1
    public: 203.0.113.20
    forwards: [{ port: 51820, node: bob-1 }, { protocol: tcp, port: 2222, node: bob-1, nodePort: 22 }]
nodes:
  edge: { public: 198.51.100.25 }
  ann-1: { site: ann, lan: 192.168.178.20, ssh: { host: 203.0.113.10, port: 2222 } }
  ann-2: { site: ann, lan: 192.168.178.21, ssh: { jump: ann-1 } }
  bob-1: { site: bob, lan: 192.168.178.20, ssh: { host: 203.0.113.20, port: 2222 } }
networks:
  mesh:
    range: 172.27.15.0/24
    relay: edge
    addresses: { edge: 172.27.15.1, ann-1: 172.27.15.2, ann-2: 172.27.15.3, bob-1: 172.27.15.4 }
`;

const change = (...pairs: readonly (readonly [string, string])[]): string =>
  pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`not in the inventory: ${from}`);
    return text.replace(from, to);
  }, HOMES);

const BOB = 'bob-1: { site: bob, lan: 192.168.178.20, ssh: { host: 203.0.113.20, port: 2222 } }';
const ANN = 'ann-1: { site: ann, lan: 192.168.178.20, ssh: { host: 203.0.113.10, port: 2222 } }';
const plain = (name: string, site: string, address: string, ssh = ''): string =>
  `${name}: { site: ${site}, lan: ${address}${ssh && `, ssh: { ${ssh} }`} }`;
const SECOND = 'sites.bob.subnet: 192.168.178.0/24 overlaps 192.168.178.0/24 of site ann, and ';

describe('two sites with one LAN', () => {
  it('are fine where each is reached through its own router', () => {
    expect(problemsOf(HOMES)).toEqual([]);
  });

  it('are distinguished by name, not by address', () => {
    const { inventory } = resolve(HOMES);
    const [network] = inventory.networks;
    if (network === undefined) throw new Error('no network');
    const call = (from: string, to: string) => endpointFor(inventory, network, from, to)?.address;
    expect(sameSite(inventory, 'ann-1', 'bob-1')).toBe(false);
    expect(call('ann-1', 'bob-1')).toBe('203.0.113.20');
    expect(call('bob-1', 'ann-1')).toBe('203.0.113.10');
    expect(call('ann-2', 'ann-1')).toBe('192.168.178.20');
    expect(call('bob-1', 'ann-2')).toBeUndefined();
  });

  it('are two routers with one address in the lab', () => {
    const { inventory } = resolve(HOMES);
    const plan = planLab(inventory);
    const routers = plan.network.filter(({ lines }) =>
      lines.some((line) => line.startsWith('address add 192.168.178.1/24')),
    );
    expect(routers.map(({ namespace }) => namespace).sort()).toEqual(['site-ann', 'site-bob']);
    expect(planDials(inventory, plan.laptop).problems).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'both are dialled from here',
      change([BOB, plain('bob-1', 'bob', '192.168.178.20')], [ANN, plain('ann-1', 'ann', '192.168.178.20')]),
      'your machine connects to both: ',
    ],
    [
      'the lab’s laptop is in the other',
      `${change([BOB, plain('bob-1', 'bob', '192.168.178.30')])}lab: { laptop: ann }\n`,
      'your machine, which is in ann, connects to bob-1 of bob at 192.168.178.30; ',
    ],
    [
      'a jump host is in the other',
      change([BOB, plain('bob-1', 'bob', '192.168.178.30', 'jump: ann-1')]),
      'jump host ann-1, which is in ann, connects to bob-1 of bob at 192.168.178.30; ',
    ],
    [
      'one jump host connects to both',
      change(
        [BOB, plain('bob-1', 'bob', '192.168.178.30', 'jump: edge')],
        [ANN, plain('ann-1', 'ann', '192.168.178.20', 'jump: edge')],
      ),
      'jump host edge connects to both: ',
    ],
    [
      'one stranger connects to both',
      change(
        [BOB, plain('bob-1', 'bob', '192.168.178.30', 'jump: me@far.example')],
        [ANN, plain('ann-1', 'ann', '192.168.178.20', 'jump: me@far.example')],
      ),
      'jump host me@far.example connects to both: ',
    ],
    [
      'one has no NAT',
      change([
        '    public: 203.0.113.20\n    forwards: [{ port: 51820, node: bob-1 }, { protocol: tcp, port: 2222, node: bob-1, nodePort: 22 }]',
        '    nat: false',
      ]),
      'site bob has nat: false',
    ],
  ])('are an error where %s', (_what, text, reason) => {
    const [first = '', ...more] = problemsOf(text).filter((line) => line.includes('overlaps'));
    expect(first).toContain(`${SECOND}${reason}`);
    expect(first).toMatch(/; renumber one of the two LANs/);
    expect(more).toEqual([]);
  });

  it('are an error if one is advertised', () => {
    const text = change([
      '    relay: edge\n',
      '    relay: edge\n    advertise: { ann-1: { subnets: 192.168.178.0/24 } }\n',
    ]);
    expect(problemsOf(text)).toContainEqual(
      expect.stringMatching(
        /advertise\.ann-1\.subnets: 192\.168\.178\.0\/24 overlaps .* of site bob; renumber one of the two LANs/,
      ),
    );
  });

  it('are fine if only one of them is connected to from here, or from a jump host in it', () => {
    expect(problemsOf(change([ANN, plain('ann-1', 'ann', '192.168.178.20')]))).toEqual([]);
    expect(
      problemsOf(`${change([ANN, plain('ann-1', 'ann', '192.168.178.20')])}lab: { laptop: ann }\n`),
    ).toEqual([]);
  });

  it('are judged by the addresses that they share', () => {
    const text = change(
      [
        '    subnet: 192.168.178.0/24\n    router: 192.168.178.1\n    public: 203.0.113.20',
        '    subnet: 192.168.0.0/16\n    router: 192.168.178.1\n    public: 203.0.113.20',
      ],
      [BOB, plain('bob-1', 'bob', '192.168.5.20')],
    );
    expect(problemsOf(text.replace(ANN, plain('ann-1', 'ann', '192.168.178.20')))).toEqual([]);
  });
});
