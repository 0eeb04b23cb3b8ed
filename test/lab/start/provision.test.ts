import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { BIN, exec, inventoryAt } from '../support/bridgehead.js';
import { Terminal } from '../support/terminal.js';

/** Set to a number of columns, it writes what the terminal shows into docs/screens. */
const SCREENS = process.env['BRIDGEHEAD_SCREENS'];
const COLUMNS = Number(SCREENS ?? 80);

/** The machines as they are; what connects them is the wizard's to find out. */
const WORLDS = {
  mesh: {
    inventory: `name: wizard-mesh
sites:
  home:
    subnet: 192.168.15.0/24
    router: 192.168.15.1
    public: 203.0.113.10
    forwards:
      - { port: 51820, node: ms-1, nodePort: 51820 }
      - { port: 51821, node: wk-1, nodePort: 51820 }
      - { port: 51822, node: wk-2, nodePort: 51820 }
nodes:
  ctb-edge-1: { public: 198.51.100.25, ssh: { user: root } }
  ms-1: { site: home, lan: 192.168.15.2, ssh: { user: ops, sudo: password } }
  wk-1: { site: home, lan: 192.168.15.3, ssh: { user: ops, sudo: passwordless } }
  wk-2: { site: home, lan: 192.168.15.4, ssh: { user: root }, lab: { release: trixie } }
lab: { laptop: home }
`,
    answers: 'name: home-mesh\n',
  },
  hub: {
    inventory: `name: wizard-hub
sites:
  home: { subnet: 192.168.1.0/24, router: 192.168.1.1, public: 203.0.113.8 }
nodes:
  vps: { public: 198.51.100.8, ssh: { user: root } }
  node-a: { site: home, lan: 192.168.1.10, ssh: { user: ops, sudo: passwordless } }
lab: { laptop: home }
`,
    answers: 'name: phone-home\nclients: [phone]\n',
  },
};

let folder: string;
let lab: Lab;
let file: string;

async function up(world: keyof typeof WORLDS): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-wizard-'));
  file = join(folder, 'lab.yaml');
  writeFileSync(file, WORLDS[world].inventory);
  lab = await labUp(await inventoryAt(file), { log: () => undefined });
  const hosts = (await inventoryAt(file)).nodes.map(
    ({ name, ssh }) => `Host ${name}\n  HostName ${ssh.host}\n  User ${ssh.user}\n`,
  );
  writeFileSync(join(lab.home, '.ssh/config'), `${hosts.join('')}Host github.com\n  User git\n`);
  // As on a laptop that has never been there.
  rmSync(join(lab.home, '.ssh/known_hosts'));
  mkdirSync(join(folder, 'home'));
}

async function down(): Promise<void> {
  await labDown(await inventoryAt(file), { log: () => undefined });
  rmSync(folder, { recursive: true });
}

const inventory = () => readFileSync(join(folder, 'home/inventory.yaml'), 'utf8');

describe.each(['mesh', 'hub'] as const)('by keys, from an empty folder: %s', (world) => {
  let terminal: Terminal;
  beforeAll(async () => {
    await up(world);
    if (world === 'mesh') {
      for (const port of [51820, 51821, 51822]) await lab.router('home').removeForward('udp', port);
    }
    const command = [process.execPath, BIN, 'lab', 'run', '-i', file, '--', 'sh'];
    terminal = new Terminal(`wizard-${world}`, COLUMNS, { cwd: join(folder, 'home'), command });
  });
  afterAll(async () => {
    terminal.stop();
    await down();
  });

  it('to GO, with no address typed, through Ctrl-C, a step back, and forwards that are not in the router yet', async () => {
    const start = `clear; ${process.execPath} ${BIN} provision`;
    await terminal.until(/[#$] ?$/);
    terminal.keys(start, 'Enter');
    await terminal.until(/Which machines\?/);
    terminal.keys('Enter');
    await terminal.until(/machines' own keys\?/);
    terminal.keys('y', 'Enter');
    await terminal.until(/Is that right\?/);
    if (SCREENS === undefined) {
      terminal.keys('C-c');
      await terminal.until(/interrupted/);
      terminal.keys(start, 'Enter');
      // Nothing that was answered is asked again.
      await terminal.until(/Resuming with the answers[\s\S]*Is that right\?/);
    }
    terminal.keys('Enter');
    await terminal.until(/Name of the inventory\?/);
    if (SCREENS === undefined) {
      terminal.keys('Enter');
      await terminal.until(/Phones or laptops/);
      terminal.keys('Escape');
      await terminal.until(/Phones or laptops[\s\S]*Name of the inventory\?/);
    }
    terminal.keys(world === 'mesh' ? 'home-mesh' : 'phone-home', 'Enter');
    await terminal.until(/Name of the inventory\? \S+-\S+\n[\s\S]*Phones or laptops/);
    if (world === 'mesh') {
      terminal.keys('Enter');
      await terminal.until(/How do they connect\?/);
    } else {
      terminal.keys('phone', 'Enter');
      await terminal.until(/reach its LAN\?/);
    }
    terminal.keys('Enter');
    await terminal.until(/own range\?/);
    terminal.keys('Enter');
    await terminal.until(/UDP port\?/);
    terminal.keys('Enter');
    if (world === 'mesh') {
      await terminal.until(/Port forwards in the router/);
      terminal.keys('Up', 'Enter');
      await terminal.until(/ms-1 +UDP +51820 +192\.168\.15\.2 +51820\n[\s\S]*Are they in the router/);
      terminal.keys('Enter');
      // As after a slip of the fingers: none of them is in the router yet.
      await terminal.until(/STOP[\s\S]*Are they in the router[^\n]*\n❯/);
      await lab.router('home').restoreForwards();
      terminal.keys('Enter');
      await terminal.until(/12 of 12 endpoints lead to their nodes/);
    }
    const planned = await terminal.until(/Apply this to the real machines\?/);
    // The lab's laptop has no route to a Debian mirror, so a rehearsal couldn't install packages.
    expect(planned).not.toMatch(/Rehearse on disposable machines/);
    terminal.keys('y', 'Enter');
    const screen = await terminal.until(/(The network is up.*\n.*git add)|error:/, 180);
    expect(screen).toMatch(/GO {2}6 phases/);
    expect(screen).toMatch(/git add inventory.yaml playbook.yaml schemas$/m);
    if (world === 'hub') expect(screen).toMatch(/[▀▄█]{10}/);
    if (SCREENS !== undefined) {
      const shown = terminal.everything().replace(/\n[#$] ?$/, '');
      writeFileSync(`docs/screens/provision-${world}-${COLUMNS}.txt`, `$ bridgehead provision\n${shown}\n`);
    }
  });

  it('leaves files that a person can read, and a draft nowhere', async () => {
    const text = inventory();
    expect(text).toMatch(/^# yaml-language-server: \$schema=schemas\/inventory.schema.json\n/);
    const known = await inventoryAt(join(folder, 'home/inventory.yaml'));
    expect(known.networks[0]?.shape).toBe(world);
    if (world === 'mesh') expect(known.sites[0]?.forwards).toHaveLength(3);
    else expect(known.networks[0]?.clients[0]?.publicKey).toMatch(/=$/);
    const { stdout } = await lab.run(['sh', '-c', 'ls ~/.local/state/bridgehead/provision']);
    expect(stdout).toBe('');
  });
});

const provision = (...words: readonly string[]) =>
  lab.run(
    [
      'sh',
      '-c',
      'cd "$1" && shift && exec "$@"',
      'sh',
      join(folder, 'home'),
      process.execPath,
      BIN,
      'provision',
      ...words,
    ],
    { env: { BRIDGEHEAD_SUDO_PASSWORD_FILE: lab.sudoPasswordFile } },
  );

const plan = () =>
  lab.run(
    [
      process.execPath,
      BIN,
      'plan',
      '--exit-code',
      '-i',
      join(folder, 'home/inventory.yaml'),
      '-p',
      join(folder, 'home/playbook.yaml'),
    ],
    {
      env: { BRIDGEHEAD_SUDO_PASSWORD_FILE: lab.sudoPasswordFile },
    },
  );

/** The line of the answers that confirms the machines' own host keys. */
async function fingerprints(): Promise<string> {
  const nodes = (await inventoryAt(file)).nodes.map(({ name }) => name);
  const prints = await Promise.all(
    nodes.map(
      async (node) =>
        (await exec(lab, node, 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1],
    ),
  );
  return `hostKeys: [${prints.map((print) => `"${print}"`).join(', ')}]\n`;
}

describe.each(['mesh', 'hub'] as const)('by --answers, without a terminal: %s', (world) => {
  beforeAll(() => up(world));
  afterAll(down);

  it('stops at host keys that nobody has compared, and lists all of them', async () => {
    writeFileSync(join(folder, 'home/answers.yaml'), WORLDS[world].answers);
    const { code, stderr } = await provision('--answers', 'answers.yaml');
    expect(code).toBe(2);
    const nodes = (await inventoryAt(file)).nodes.map(({ name }) => name);
    for (const node of nodes) expect(stderr).toMatch(new RegExp(`${node} +ssh-ed25519 +SHA256:`));
  });

  it('goes to GO with the keys of the machines', async () => {
    const prints = await fingerprints();
    writeFileSync(join(folder, 'home/answers.yaml'), `${WORLDS[world].answers}${prints}apply: true\n`);
    const { code, stdout, stderr } = await provision('--answers', 'answers.yaml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/GO {2}6 phases/);
    if (world === 'hub') expect(stdout).toMatch(/For phone: bridgehead client rekey phone/);
    else expect(stdout).toMatch(/12 of 12 endpoints lead to their nodes/);
  });

  it('has nothing to change afterwards', async () => {
    const { code, stdout } = await plan();
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Nothing to change') });
  });
});

describe('adding a machine to an inventory that is there', () => {
  beforeAll(() => up('mesh'));
  afterAll(down);

  const answers = async (text: string) =>
    writeFileSync(join(folder, 'home/answers.yaml'), `${text}${await fingerprints()}apply: true\n`);

  it('starts from three machines', async () => {
    await answers('name: home-mesh\nmachines: [ctb-edge-1, ms-1, wk-1]\n');
    const { code, stdout } = await provision('--answers', 'answers.yaml');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/6 of 6 endpoints lead/) });
  });

  it('finds its LAN, its forward and a free address, and leaves the file as its owner has it', async () => {
    const own = inventory().replace(/^nodes:/m, '# Do not touch: agreed with Anna.\nnodes:  # all of them');
    writeFileSync(join(folder, 'home/inventory.yaml'), own);
    await answers('existing: add\nmachines: [wk-2]\n');
    const { code, stdout, stderr } = await provision('--answers', 'answers.yaml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/12 of 12 endpoints lead to their nodes/);
    expect(stdout).toMatch(/GO {2}6 phases/);
    const [before, after] = [own.split('\n'), inventory().split('\n')];
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
    expect(after.filter((line) => !before.includes(line)).map((line) => line.trim())).toEqual([
      '- { port: 51822, node: wk-2, nodePort: 51820 }',
      expect.stringMatching(/^wk-2: \{ role: server, site: home, lan: 192.168.15.4, /),
      'wk-2: 10.86.0.4',
    ]);
  });

  it('is in the network, and there is nothing to change', async () => {
    const { code, stdout } = await plan();
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Nothing to change') });
    expect(await exec(lab, 'ctb-edge-1', 'wg show wg0 allowed-ips')).toContain('10.86.0.4/32');
  });
});
