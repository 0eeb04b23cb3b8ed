import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { bridgehead, exec, HANGS_MS, inventoryAt, type RunReport } from '../support/bridgehead.js';
import { CUT, expectNothingDone, outcome, RIGHT } from './closing.js';
import { answers, SETTLE, STATE } from './machines.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-firewall-'));
const file = join(folder, 'inventory.yaml');
const ADDRESSES = {
  plain: ['198.51.100.51', '2001:db8:51::1'],
  ufw: ['198.51.100.52', '2001:db8:52::1'],
  oracle: ['198.51.100.53', '2001:db8:53::1'],
  visitor: ['198.51.100.54', '2001:db8:54::1'],
} as const;
const OVERLAY = { plain: '10.51.0.1', ufw: '10.51.0.2', oracle: '10.51.0.3' } as const;
const CLOSED = ['plain', 'ufw', 'oracle'] as const;
/** Containers publish 8085 and 8090; nobody listens on 8086. */
const RULES = `firewall:
  - on: [${CLOSED.join(', ')}]
    allow: [ssh, 8081/tcp, 8085/tcp, 8086/tcp, { port: 8082/tcp, from: mesh }, { port: 8083/tcp, from: visitor }]
`;

function write(rules: string): void {
  const nodes = Object.entries(ADDRESSES).map(
    ([name, [four, six]]) =>
      `  ${name}: { public: [${four}, "${six}"]${name === 'ufw' ? ', lab: { release: trixie }' : ''} }\n`,
  );
  const members = Object.entries(OVERLAY).map(([name, address]) => `${name}: ${address}`);
  writeFileSync(
    file,
    `name: f-firewall
defaults: { ssh: { user: root } }
nodes:
${nodes.join('')}networks:
  mesh: { range: 10.51.0.0/24, addresses: { ${members.join(', ')} } }
${rules}`,
  );
}

let lab: Lab;

const apply = (playbook = 'firewall', ...more: readonly string[]): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', file, '-p', playbook, '--yes', '--json', ...more);

const changesNothing = async (): Promise<void> => expectNothingDone(await apply());

beforeAll(async () => {
  write('');
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  await Promise.all(CLOSED.map((node) => exec(lab, node, SETTLE[node], { timeoutMs: HANGS_MS })));
});
afterAll(async () => {
  write('');
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true, force: true });
});

const PORTS = [22, 8081, 8083, 8084, 8086];

/** What must be true of closed nodes whatever has happened to them. */
async function expectClosed(): Promise<void> {
  const addresses = CLOSED.flatMap((node) => ADDRESSES[node]);
  const [outside, inside] = await Promise.all([
    answers(lab, 'visitor', addresses, PORTS),
    answers(lab, 'ufw', [ADDRESSES.plain[0], OVERLAY.plain], [8081, 8082, 8083, 8084]),
  ]);
  const usual = { 22: 'open', 8081: 'open', 8083: 'open', 8084: 'dropped', 8086: 'nobody' };
  expect(outside).toEqual(addresses.map(() => usual));
  expect(inside).toEqual([
    { 8081: 'open', 8082: 'dropped', 8083: 'dropped', 8084: 'dropped' },
    { 8081: 'open', 8082: 'open', 8083: 'dropped', 8084: 'dropped' },
  ]);
}

describe('nodes that firewall rules name', () => {
  it('revert by themselves what cuts SSH', async () => {
    write(RULES);
    const before = await Promise.all(CLOSED.map((node) => exec(lab, node, STATE)));
    const playbook = join(folder, 'cut.yaml');
    writeFileSync(playbook, JSON.stringify(CUT));
    const { exit, errors } = outcome(await apply(playbook, '--guard-seconds', '30'));
    expect([exit, errors.map(({ code }) => code)]).toEqual([5, CLOSED.map(() => 'E_REVERTED')]);
    expect(await Promise.all(CLOSED.map((node) => exec(lab, node, STATE)))).toEqual(before);
    expect(await answers(lab, 'visitor', ADDRESSES.plain, [22, 8084])).toEqual([
      { 22: 'open', 8084: 'open' },
      { 22: 'open', 8084: 'open' },
    ]);
  });

  it('are closed but for their rules, with networks over them', async () => {
    expect(outcome(await apply('playbooks/edge.yaml'))).toEqual(RIGHT);
    await expectClosed();
    expect(await answers(lab, 'visitor', [ADDRESSES.plain[0]], [8085, 8090])).toEqual([
      { 8085: 'open', 8090: 'dropped' },
    ]);
    await changesNothing();
    expect(await exec(lab, 'ufw', 'ufw status | grep -c 9999/tcp')).toBe('2');
  });

  it('are closed again by an apply, and then there is nothing to change', async () => {
    await Promise.all([
      exec(lab, 'plain', 'nft delete table inet bridgehead_firewall'),
      exec(lab, 'ufw', 'yes | ufw reset'),
      exec(lab, 'oracle', 'iptables -D INPUT 1'),
    ]);
    expect(outcome(await apply())).toEqual(RIGHT);
    await expectClosed();
    await changesNothing();
    await Promise.all([
      exec(lab, 'plain', 'nft insert rule inet bridgehead_firewall input tcp dport 8084 accept'),
      exec(lab, 'ufw', 'ufw allow 22/tcp; ufw --force enable'),
    ]);
    expect(outcome(await apply())).toEqual(RIGHT);
    await expectClosed();
    await changesNothing();
  });

  it('stay closed when whatever flushes rules is restarted, and after a boot', async () => {
    await Promise.all([
      exec(lab, 'plain', 'systemctl restart nftables; systemctl reload nftables'),
      exec(lab, 'ufw', 'systemctl restart nftables; ufw reload; systemctl restart ufw'),
      exec(lab, 'oracle', 'systemctl restart systemd-networkd'),
    ]);
    await expectClosed();
    await changesNothing();
    await Promise.all([lab.reboot('plain'), lab.reboot('ufw')]);
    await expectClosed();
    await changesNothing();
  });

  it('are as before once no rule names them', async () => {
    write('');
    expect(outcome(await apply())).toEqual(RIGHT);
    expect(await answers(lab, 'visitor', [ADDRESSES.plain[1], ADDRESSES.oracle[1]], [22, 8084])).toEqual([
      { 22: 'open', 8084: 'open' },
      { 22: 'open', 8084: 'nobody' },
    ]);
    const left = `find /etc -name '*bridgehead-firewall*' -o -path '/etc/bridgehead/firewall/*'
nft list tables | grep firewall
iptables-save | grep bridgehead-firewall
systemctl list-unit-files --no-legend 'bridgehead-firewall*'`;
    for (const node of CLOSED) expect([node, (await lab.exec(node, left)).stdout]).toEqual([node, '']);
    await changesNothing();
  });
});
