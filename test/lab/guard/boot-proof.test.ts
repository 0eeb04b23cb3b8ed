import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { bridgehead, exec, inventoryAt, ofType, type RunReport } from '../support/bridgehead.js';

const quiet = { log: () => undefined };
const INVENTORY = `name: lab-boot-proof
sites: {}
nodes:
  old: { public: 198.51.100.31, ssh: { host: 198.51.100.31, user: root } }
  new: { public: 198.51.100.32, ssh: { host: 198.51.100.32, user: root }, lab: { release: trixie } }
  socket: { public: 198.51.100.33, ssh: { host: 198.51.100.33, user: ops, sudo: password }, lab: { release: trixie } }
networks:
  home: { range: 10.20.0.0/24, shape: mesh, addresses: { old: 10.20.0.1, new: 10.20.0.2, socket: 10.20.0.3 } }
`;
const LOGINS: Readonly<Record<string, string>> = {
  old: 'root@198.51.100.31',
  new: 'root@198.51.100.32',
  socket: 'ops@198.51.100.33',
};
const SNIPPET = '/etc/ssh/sshd_config.d/50-ours.conf';
const LISTEN = '/etc/systemd/system/ssh.socket.d/listen.conf';

let lab: Lab;
let folder: string;
let inventory: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-boot-proof-'));
  inventory = join(folder, 'inventory.yaml');
  writeFileSync(inventory, INVENTORY);
  const read = await inventoryAt(inventory);
  await labDown(read, quiet);
  lab = await labUp(read, quiet);
  await exec(
    lab,
    'socket',
    'systemctl disable ssh.service && systemctl enable ssh.socket && systemctl stop ssh.service && systemctl start ssh.socket',
  );
});
afterAll(async () => {
  await labDown(await inventoryAt(inventory), quiet);
  rmSync(folder, { recursive: true });
});

function apply(on: string, ...steps: readonly object[]): Promise<RunReport> {
  const playbook = join(folder, 'playbook.yaml');
  const phase = { name: 'cut', steps: steps.map((step) => ({ on, ...step })) };
  writeFileSync(playbook, JSON.stringify({ name: 'boot', description: 'one phase', phases: [phase] }));
  const args = ['-i', inventory, '-p', playbook, '--only', on, '--guard-seconds', '30', '--yes', '--json'];
  return bridgehead(lab, 'apply', ...args);
}

async function logsIn(node: string): Promise<boolean> {
  const options = ['BatchMode=yes', 'ConnectTimeout=3', 'ControlMaster=no'].flatMap((one) => ['-o', one]);
  return (await lab.run(['ssh', ...options, LOGINS[node] ?? '', 'true'])).code === 0;
}

/** A login to the machine within 20 s of its boot. */
async function logsInAfterBoot(node: string): Promise<boolean> {
  await lab.reboot(node);
  for (let left = 40; left > 0; left--) {
    if (await logsIn(node)) return true;
    await sleep(500);
  }
  return false;
}

const file = (path: string, content: string) => ({ file: { path, content } });
const seen = (node: string): Promise<string> =>
  exec(
    lab,
    node,
    `for path in ${SNIPPET} ${LISTEN}; do [ ! -e $path ] || echo $path; done
systemctl is-enabled ssh.service ssh.socket systemd-networkd.service nftables.service 2>&1
cat /etc/passwd /etc/fstab; cksum /root/.ssh/authorized_keys; stat -c %a /root; true`,
  );

const REFUSED: readonly (readonly [
  what: string,
  nodes: readonly string[],
  steps: readonly object[],
  why: RegExp,
])[] = [
  [
    'an sshd that listens on loopback only',
    ['old', 'new'],
    [file(SNIPPET, 'ListenAddress 127.0.0.1\n')],
    /listens only on 127\.0\.0\.1:22 .*198\.51\.100\.3\d:22/,
  ],
  [
    'a keyword that sshd does not know',
    ['old', 'new', 'socket'],
    [file(SNIPPET, 'X11Forwarding no\nNoSuchThing yes\n')],
    /50-ours\.conf: line 2: Bad configuration option: NoSuchThing/,
  ],
  [
    'an account that may log in no more',
    ['socket'],
    [file(SNIPPET, 'AllowUsers root\n')],
    /lets ops log in no more: AllowUsers names root/,
  ],
  [
    'another port of the socket',
    ['socket'],
    [file(LISTEN, '[Socket]\nListenStream=\nListenStream=2222\n')],
    /:2222 .*by ssh\.socket.*come in at 198\.51\.100\.33:22/,
  ],
  [
    'a drop-in with which sshd does not start',
    ['old'],
    [file('/etc/systemd/system/ssh.service.d/x.conf', '[Service]\nExecStartPre=/bin/false\n')],
    /ssh\.service does not start/,
  ],
  [
    'sshd not started at boot',
    ['old'],
    [{ service: { unit: 'ssh.service', enabled: false } }],
    /nothing starts sshd at the next boot: ssh\.service is disabled/,
  ],
  [
    'a script that takes the links away',
    ['new', 'socket'],
    [
      {
        script: {
          check: 'test -e /run/done',
          run: 'touch /run/done; rm -f /etc/systemd/system/*.wants/ssh.service /etc/systemd/system/*.wants/ssh.socket',
        },
      },
    ],
    /nothing starts sshd/,
  ],
  [
    'no manager of the network',
    ['new'],
    [{ service: { unit: 'systemd-networkd.service', enabled: false } }],
    /nothing brings the network up .*systemd-networkd/,
  ],
  [
    'a unit that cannot be loaded',
    ['old'],
    [file('/etc/systemd/system/networking.service', '[Service]\nType=oneshot\n')],
    /networking\.service can't be loaded/,
  ],
];

describe('a change that only the next boot would show', () => {
  const cases = REFUSED.flatMap(([what, nodes, steps, why]) =>
    nodes.map((node) => [what, node, steps, why] as const),
  );

  it.each(cases)(
    '%s, on %s: reverted at once, and the machine can be logged into after a boot',
    async (_what, node, steps, why) => {
      await exec(lab, node, 'rm -f /run/done');
      const before = await seen(node);
      const report = await apply(node, ...steps);
      const errors = ofType(report, 'run-ended').flatMap((event) => event.errors);
      expect({ code: report.code, codes: errors.map(({ code }) => code), said: report.stderr }).toMatchObject(
        {
          code: 5,
          codes: ['E_REVERTED'],
        },
      );
      expect(errors[0]?.evidence).toMatch(why);
      expect(await seen(node)).toBe(before);
      expect(await logsInAfterBoot(node)).toBe(true);
      expect(await seen(node)).toBe(before);
    },
  );

  it.each(['old', 'socket'])(
    'is found by the login through the restarted sshd where nothing less shows it, on %s',
    async (node) => {
      const before = await seen(node);
      const report = await apply(node, file(SNIPPET, 'Match Address 198.18.0.0/15\n  AllowGroups nobody\n'));
      expect(report.code).toBe(5);
      expect(ofType(report, 'guard-reverted')).toMatchObject([{ by: 'node' }]);
      expect(await seen(node)).toBe(before);
      expect(await logsInAfterBoot(node)).toBe(true);
    },
  );

  it.each(['old', 'new', 'socket'])(
    'that is good is live at once on %s, and still there after a boot',
    async (node) => {
      const report = await apply(node, file(SNIPPET, 'MaxAuthTries 5\n'));
      expect({ code: report.code, said: report.stderr }).toMatchObject({ code: 0 });
      expect(ofType(report, 'boot-unproven')).toEqual([]);
      const started = 'stat -c %Z /proc/$(systemctl show -p MainPID --value ssh.service)';
      expect(Number(await exec(lab, node, started))).toBeGreaterThanOrEqual(
        Number(await exec(lab, node, `stat -c %Y ${SNIPPET}`)) - 1,
      );
      expect(await logsInAfterBoot(node)).toBe(true);
      expect(await exec(lab, node, 'sshd -T | grep -c "^maxauthtries 5"')).toBe('1');
    },
  );

  it('moves sshd from its service to its socket, and is so after a boot', async () => {
    const report = await apply(
      'new',
      { service: { unit: 'ssh.socket', enabled: true } },
      { service: { unit: 'ssh.service', enabled: false } },
    );
    expect({ code: report.code, said: report.stderr }).toMatchObject({ code: 0 });
    expect(await exec(lab, 'new', 'systemctl is-active ssh.socket')).toBe('active');
    expect(await logsInAfterBoot('new')).toBe(true);
    expect(await exec(lab, 'new', 'systemctl is-enabled ssh.service ssh.socket; true')).toBe(
      'disabled\nenabled',
    );
  });

  it('that nothing can prove is report', async () => {
    const network = '/etc/systemd/network/90-spare.network';
    const report = await apply('old', file(network, '[Match]\nName=spare0\n'));
    expect(report.code).toBe(0);
    expect(ofType(report, 'boot-unproven')).toMatchObject([
      {
        node: 'old',
        notes: [
          `${network}: read at the next boot by systemd-networkd.service; that the node can be reached then is not proven`,
        ],
      },
    ]);
  });

  it('is not noted if a later step has a unit read it', async () => {
    const network = '/etc/systemd/network/91-spare.network';
    const report = await apply('old', file(network, '[Match]\nName=spare1\n'), {
      service: { unit: 'systemd-networkd.service', running: true, restartAfter: [network] },
    });
    expect({ code: report.code, said: report.stderr }).toMatchObject({ code: 0 });
    expect(ofType(report, 'boot-unproven')).toEqual([]);
  });
});

describe('a guarded script that goes wrong', () => {
  it('leaves nothing of what decides reach, on disk either', async () => {
    const profile = '/etc/NetworkManager/system-connections/home.nmconnection';
    await exec(
      lab,
      'old',
      `mkdir -p ${profile.replace(/\/[^/]*$/, '')} && echo old >${profile} && chmod 600 ${profile}`,
    );
    const before = await seen('old');
    const run = `echo new >${profile}; chmod 777 /root; echo >/root/.ssh/authorized_keys; sed -i '/^root:/d' /etc/passwd; echo 'LABEL=gone / ext4 defaults 0 1' >>/etc/fstab; useradd -M later`;
    const report = await apply('old', { script: { check: 'false', run } });
    expect(report.code).not.toBe(0);
    expect(await exec(lab, 'old', `cat ${profile}; stat -c %a ${profile}`)).toBe('old\n600');
    const after = await seen('old');
    expect(after.replace(/^later:.*\n/m, '')).toBe(before);
    expect(await logsInAfterBoot('old')).toBe(true);
  });
});
