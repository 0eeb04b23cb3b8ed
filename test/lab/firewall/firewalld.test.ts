import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { bridgehead, exec, HANGS_MS, inventoryAt, type RunReport, stops } from '../support/bridgehead.js';
import { CUT, expectNothingDone, outcome, RIGHT } from './closing.js';
import { answers, FIREWALLD_LOADED, SETTLE, STATE, ZONES } from './machines.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-firewalld-'));
const file = join(folder, 'inventory.yaml');
const ADDRESSES = { zone: ['198.51.100.61', '2001:db8:61::1'], visitor: ['198.51.100.62', '2001:db8:62::1'] };
const RULES = `firewall:
  - { on: zone, allow: [ssh, 8081/tcp, 8086/tcp, { port: 8082/tcp, from: 192.0.2.0/24 }, { port: 8083/tcp, from: visitor }] }
`;

function write(rules: string): void {
  const nodes = Object.entries(ADDRESSES).map(
    // In trixie firewalld owns its table: nobody else can change it.
    ([name, [four, six]]) =>
      `  ${name}: { public: [${four}, "${six}"]${name === 'zone' ? ', lab: { release: trixie }' : ''} }\n`,
  );
  writeFileSync(
    file,
    `name: f-firewalld\ndefaults: { ssh: { user: root } }\nnodes:\n${nodes.join('')}${rules}`,
  );
}

let lab: Lab;

const apply = (playbook = 'firewall', ...more: readonly string[]): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', file, '-p', playbook, '--yes', '--json', ...more);

const changesNothing = async (): Promise<void> => expectNothingDone(await apply());

async function expectClosed(): Promise<void> {
  const usual = {
    22: 'open',
    8081: 'open',
    8082: 'rejected',
    8083: 'open',
    8084: 'rejected',
    8086: 'nobody',
  };
  const seen = await answers(lab, 'visitor', ADDRESSES.zone, Object.keys(usual).map(Number));
  expect(seen).toEqual(ADDRESSES.zone.map(() => usual));
}

beforeAll(async () => {
  write('');
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  await exec(lab, 'zone', SETTLE.firewalld, { timeoutMs: HANGS_MS });
});
afterAll(async () => {
  write('');
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('a node on which firewalld decides', () => {
  it('reverts by itself what cuts SSH, in the kernel, in files and in firewalld’s memory', async () => {
    write(RULES);
    const before = await exec(lab, 'zone', `${STATE}\n${ZONES}`);
    const playbook = join(folder, 'cut.yaml');
    writeFileSync(playbook, JSON.stringify(CUT));
    const { exit, errors } = outcome(await apply(playbook, '--guard-seconds', '30'));
    expect([exit, errors.map(({ code }) => code)]).toEqual([5, ['E_REVERTED']]);
    expect(await exec(lab, 'zone', `${STATE}\n${ZONES}`)).toBe(before);
    // firewalld looks at files that others have written after five seconds.
    expect(await exec(lab, 'zone', `sleep 7\n${STATE}\n${ZONES}`)).toBe(before);
    expect(await answers(lab, 'visitor', [ADDRESSES.zone[1] ?? ''], [22])).toEqual([{ 22: 'open' }]);
  });

  it('reverts by itself what another step has taken from its zone, and firewalld still knows its rules', async () => {
    const sorted = `{ ${ZONES}; } | sort`;
    const before = await exec(lab, 'zone', sorted);
    const playbook = join(folder, 'zone.yaml');
    const change = {
      check: '! firewall-cmd --query-service=ssh',
      run: 'firewall-cmd --remove-service=ssh --remove-service=dhcpv6-client',
    };
    const steps = [{ on: 'zone', guard: true, script: change }];
    writeFileSync(playbook, JSON.stringify({ name: 'zone', phases: [{ name: 'zone', steps }] }));
    const { exit, errors } = outcome(await apply(playbook, '--guard-seconds', '30'));
    expect([exit, errors.map(({ code }) => code)]).toEqual([5, ['E_REVERTED']]);
    expect(await exec(lab, 'zone', sorted)).toBe(before);
    for (const verb of ['remove', 'add']) await exec(lab, 'zone', `firewall-cmd --${verb}-port=9998/tcp`);
    expect(await exec(lab, 'zone', sorted)).toBe(before);
  });

  it('is closed by rules in its zone, and then there is nothing to change', async () => {
    expect(outcome(await apply())).toEqual(RIGHT);
    await expectClosed();
    await changesNothing();
    const ports = await exec(lab, 'zone', 'firewall-cmd --list-ports');
    expect(ports.split(' ').sort()).toEqual(['9998/tcp', '9999/tcp']);
  });

  it('stays closed after a reload and a restart of firewalld, and after a boot', async () => {
    await exec(lab, 'zone', 'firewall-cmd --reload');
    await expectClosed();
    await exec(lab, 'zone', `systemctl restart firewalld\n${FIREWALLD_LOADED}`);
    await expectClosed();
    await changesNothing();
    await lab.reboot('zone');
    await exec(lab, 'zone', FIREWALLD_LOADED);
    await expectClosed();
    await changesNothing();
  });

  it('gets back by an apply what somebody has removed', async () => {
    await exec(
      lab,
      'zone',
      `firewall-cmd --remove-rich-rule='rule priority="20117" port port="8081" protocol="tcp" accept'`,
    );
    expect(outcome(await apply())).toEqual(RIGHT);
    await expectClosed();
    await changesNothing();
  });

  it('has the port named that a zone opens beside the rules', async () => {
    await exec(lab, 'zone', 'firewall-cmd --add-port=8084/tcp');
    const report = await apply();
    await exec(lab, 'zone', 'firewall-cmd --remove-port=8084/tcp');
    expect(report.code).toBe(3);
    expect(stops(report)).toEqual([
      expect.stringMatching(
        /firewalld: table inet firewalld, chain filter_IN_public_allow, rule \d+: tcp dport 8084 accept/,
      ),
    ]);
  });

  it('has nothing of ours once no rule names it', async () => {
    write('');
    expect(outcome(await apply())).toEqual(RIGHT);
    const left = `find /etc -name '*bridgehead-firewall*' -o -path '/etc/bridgehead/firewall/*'
nft list tables | grep bridgehead_firewall
{ firewall-cmd --list-all-zones; firewall-cmd --permanent --list-all-zones; } | grep 20117
grep -r 20117 /etc/firewalld --include='*.xml'`;
    expect((await lab.exec('zone', left)).stdout).toBe('');
    expect(await answers(lab, 'visitor', ADDRESSES.zone, [22, 8081])).toEqual([
      { 22: 'open', 8081: 'rejected' },
      { 22: 'open', 8081: 'rejected' },
    ]);
    await changesNothing();
  });
});
