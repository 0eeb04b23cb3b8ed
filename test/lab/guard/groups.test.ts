import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { bridgehead, exec, inventoryAt, ofType, type RunReport } from '../support/bridgehead.js';

const NODES = ['f1', 'f2', 'f3'] as const;
const PUBLIC = { f1: '198.51.100.171', f2: '198.51.100.172', f3: '198.51.100.173' } as const;
const SECONDS = '25';
const quiet = { log: () => undefined };

interface Shape {
  readonly port?: number;
  /** First three numbers of the overlay's addresses. */
  readonly range?: string;
  /** Where f3 is dialled, from f1. */
  readonly f3?: string;
}

const text = ({ port = 51820, range = '10.71.0', f3 = PUBLIC.f3 }: Shape): string => `name: lab-groups
defaults: { ssh: { user: root } }
nodes:
  f1: { public: ${PUBLIC.f1} }
  f2: { public: ${PUBLIC.f2} }
  f3: { public: ${PUBLIC.f3}, ssh: { host: ${f3}, jump: f1 } }
networks:
  wg:
    range: ${range}.0/24
    port: ${port}
    addresses: { f1: ${range}.1, f2: ${range}.2, f3: ${range}.3 }
`;

const playbook = (name: string, phases: string): string => `name: ${name}\nphases:\n${phases}`;
/** As a playbook of one's own may be: nothing looks at the machines before. */
const TUNNEL = playbook(
  'tunnel',
  `  - name: keys
    steps: [ { on: members, wireguard-keys: } ]
  - name: tunnel
    steps: [ { on: members, wireguard: } ]
    gates: [ { on: members, listener: } ]
`,
);
const NO_FORWARDING = playbook(
  'no-forwarding',
  `  - name: harden
    steps:
      - on: f1
        script:
          check: grep -q '^AllowTcpForwarding no' /etc/ssh/sshd_config.d/50-hard.conf
          run: |
            echo 'AllowTcpForwarding no' >/etc/ssh/sshd_config.d/50-hard.conf
            systemctl reload ssh
    gates: [ reachable: ]
`,
);

let folder: string;
let lab: Lab;

const write = (name: string, content: string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const apply = (shape: Shape, ...args: string[]): Promise<RunReport> => {
  const file = write('inventory.yaml', text(shape));
  return bridgehead(
    lab,
    'apply',
    '-i',
    file,
    '--yes',
    '--json',
    '--accept-new',
    '--guard-seconds',
    SECONDS,
    ...args,
  );
};
const report = (result: RunReport): unknown =>
  ofType(result, 'run-ended').map(({ exit, errors }) => ({
    exit,
    errors: errors.map(({ node, code, message }) => [node, code, message]),
  }));
const reverted = (result: RunReport): readonly string[] =>
  ofType(result, 'phase-ended')
    .flatMap(({ nodes }) => nodes?.reverted ?? [])
    .toSorted();
const ports = (): Promise<string[]> =>
  Promise.all(NODES.map((node) => exec(lab, node, 'wg show wg0 listen-port')));
const logsIn = async (host: string, ...options: string[]): Promise<number> => {
  const settings = [
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=5',
    '-o',
    'StrictHostKeyChecking=accept-new',
  ];
  return (await lab.run(['ssh', ...settings, ...options, `root@${host}`, 'true'])).code;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-lab-groups-'));
  const inventory = await inventoryAt(write('lab.yaml', text({})));
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  expect(report(await apply({}))).toEqual([{ exit: 0, errors: [] }]);
});
afterAll(async () => {
  await labDown(await inventoryAt(join(folder, 'lab.yaml')), quiet);
  rmSync(folder, { recursive: true });
});

describe('nodes that are confirmed or reverted together', () => {
  it('keep a jump host as it was when it would let nobody through', async () => {
    const result = await apply({}, '-p', write('no-forwarding.yaml', NO_FORWARDING));
    expect(report(result)).toEqual([
      {
        exit: 5,
        errors: [['f1', 'E_REVERTED', 'harden was reverted on f1: no new login to f3 worked through it']],
      },
    ]);
    expect(reverted(result)).toEqual(['f1']);
    expect(await exec(lab, 'f1', 'ls /etc/ssh/sshd_config.d')).not.toContain('50-hard');
    expect(await logsIn(PUBLIC.f3, '-J', `root@${PUBLIC.f1}`)).toBe(0);
  });

  it('keep their old range if a node is connected to at an address in it', async () => {
    const result = await apply({ range: '10.72.0', f3: '10.71.0.3' });
    expect(ofType(result, 'run-ended')[0]?.exit).toBe(5);
    expect(reverted(result)).toEqual(['f1', 'f2', 'f3']);
    expect(await logsIn('10.71.0.3', '-J', `root@${PUBLIC.f1}`)).toBe(0);
    expect(report(await apply({ f3: '10.71.0.3' }))).toEqual([{ exit: 0, errors: [] }]);
  });

  it('change their port together, though one is connected to over the tunnel that changes', async () => {
    expect(report(await apply({ port: 51900, f3: '10.71.0.3' }))).toEqual([{ exit: 0, errors: [] }]);
    expect(await ports()).toEqual(['51900', '51900', '51900']);
    expect(report(await apply({}))).toEqual([{ exit: 0, errors: [] }]);
  });

  describe('with another port that somebody holds on one of them', () => {
    const HOLD = `systemd-run --quiet --collect --unit=holder perl -MSocket -e 'socket(S, PF_INET, SOCK_DGRAM, 0); bind(S, sockaddr_in(51999, INADDR_ANY)) or die; sleep 600'
for try in 1 2 3 4 5 6 7 8 9 10; do grep -q ':CB1F ' /proc/net/udp && exit 0; sleep 0.2; done; exit 1`;
    beforeAll(() => exec(lab, 'f2', HOLD));
    afterAll(() => exec(lab, 'f2', 'systemctl stop holder'));

    it('stop before anything is touched', async () => {
      const result = await apply({ port: 51999 });
      expect(report(result)).toEqual([{ exit: 3, errors: [] }]);
      const stopped = ofType(result, 'gate-ended').filter(({ go }) => !go);
      expect(stopped.map(({ name, findings }) => [name, findings.filter(({ go }) => !go)])).toEqual([
        ['pristine', [expect.objectContaining({ node: 'f2', expected: 'UDP port 51999 free' })]],
      ]);
      expect(await ports()).toEqual(['51820', '51820', '51820']);
    });

    it('are all as they were when it is found out too late', async () => {
      const result = await apply({ port: 51999 }, '-p', write('tunnel.yaml', TUNNEL));
      expect(ofType(result, 'run-ended')[0]?.errors.map(({ node, code }) => [node, code])).toEqual([
        ['f2', 'E_STEP'],
      ]);
      expect(result.code).toBe(7);
      expect(reverted(result)).toEqual(['f1', 'f2', 'f3']);
      expect(await ports()).toEqual(['51820', '51820', '51820']);
      expect(report(await apply({}))).toEqual([{ exit: 0, errors: [] }]);
    });

    it('keep what was changed if requested', async () => {
      const result = await apply({ port: 51999 }, '-p', write('tunnel.yaml', TUNNEL), '--keep-changed');
      expect(result.code).toBe(7);
      expect(await ports()).toEqual(['51999', '51820', '51999']);
      expect(report(await apply({}))).toEqual([{ exit: 0, errors: [] }]);
    });
  });
});
