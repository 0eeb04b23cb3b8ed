import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { EXIT } from '../../../src/core/errors.js';
import { cli, folderWith } from '../../cli/helpers.js';
import { hasSshd, type Sshd, startSshd } from '../../ssh/support/sshd.js';
import { canMount } from '../../support/can-mount.js';

jest.setTimeout(60_000);

const suite = hasSshd && canMount ? describe : describe.skip;

/** Its steps are skipped on any machine; its gate answers GO where there is such a command. */
const gate = (command: string, skip = 'false') => `name: p
phases:
  - name: one
    steps:
      - when: ${JSON.stringify(skip)}
        forwarding:
      - when: 'false'
        wireguard:
    gates:
      - commands: { names: [${command}] }
`;

suite('renumber, over a real sshd', () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd([], { ownState: true });
  });
  afterAll(() => sshd.stop());

  const inventory = (): string => `# the family's
name: small
nodes:
  vps:
    public: [198.51.100.1, "2001:db8::1"]
    ssh: { host: 127.0.0.1, port: ${sshd.port}, user: root, key: key, hostKey: ${sshd.hostKeys.ed25519} }
networks:
  home:   # always on
    shape: hub
    hub:   vps
    range: [ 10.8.0.0/24, "fd42:8::/64" ]
    addresses: { vps: [10.8.0.1,   'fd42:8::1'] } # rented
    clients:
      # Anna's
      phone: { address: [10.8.0.2, "fd42:8::2"], dns: 10.8.0.1, reach: ["10.8.0.1:53/udp", "10.8.0.1"] }
`;

  async function renumber(command: string, ...words: readonly string[]) {
    const folder = folderWith({ 'home.yaml': inventory(), 'p.yaml': gate(command) });
    copyFileSync(sshd.client.path, join(folder, 'key'));
    chmodSync(join(folder, 'key'), 0o600);
    const file = join(folder, 'home.yaml');
    const argv = ['renumber', ...words, '--yes', '-i', file, '-p', join(folder, 'p.yaml')];
    const told = await cli(argv, folder);
    return { ...told, text: readFileSync(file, 'utf8') };
  }

  it('writes both new ranges and what follows from them into the inventory, and no other byte', async () => {
    const { code, stdout, stderr, text } = await renumber('sh', '10.9.0.0/16', 'fd42:9::/64');
    expect([code, stderr]).toEqual([EXIT.go, '']);
    expect(stdout).toContain('home.yaml has the new addresses: home is 10.9.0.0/16 and fd42:9::/64.\n');
    expect(text).toBe(
      inventory()
        .replace('10.8.0.0/24', '10.9.0.0/16')
        .replaceAll('10.8.0.', '10.9.0.')
        .replaceAll('fd42:8:', 'fd42:9:'),
    );
  });

  it('leaves it unchanged where a gate answers STOP', async () => {
    const { code, stderr, text } = await renumber('no-such-command', '10.9.0.0/16');
    expect(code).toBe(EXIT.stop);
    expect(stderr).toContain('The inventory was not changed: home is still 10.8.0.0/24 in it.');
    expect(text).toBe(inventory());
  });

  const byHand = "sed -i 's/dns: 10.8.0.1,/dns: 10.8.0.3,/' home.yaml";

  it('changes nothing where another run has changed the inventory before it had the nodes', async () => {
    const folder = folderWith({ 'home.yaml': inventory() });
    const file = join(folder, 'home.yaml');
    writeFileSync(join(folder, 'p.yaml'), gate('sh', `cd ${folder} && ${byHand}; false`));
    copyFileSync(sshd.client.path, join(folder, 'key'));
    chmodSync(join(folder, 'key'), 0o600);
    const argv = ['renumber', '10.9.0.0/16', '--yes', '-i', file, '-p', join(folder, 'p.yaml')];
    const { code, stdout } = await cli(argv, folder);
    expect(code).toBe(EXIT.badInput);
    expect(stdout).toContain(`${file} was changed after this run had read it`);
    expect(readFileSync(file, 'utf8')).toBe(inventory().replace('dns: 10.8.0.1', 'dns: 10.8.0.3'));
  });

  it('says so where the nodes have it and the inventory, changed by hand meanwhile, can’t follow', async () => {
    const folder = folderWith({ 'home.yaml': inventory() });
    const file = join(folder, 'home.yaml');
    const edit = { check: `test -e ${folder}/edited`, run: `cd ${folder} && ${byHand} && : >edited` };
    const step = `      - guard: false\n        script: ${JSON.stringify(edit)}\n`;
    writeFileSync(join(folder, 'p.yaml'), gate('sh').replace('    gates:', `${step}    gates:`));
    copyFileSync(sshd.client.path, join(folder, 'key'));
    chmodSync(join(folder, 'key'), 0o600);
    const argv = ['renumber', '10.9.0.0/16', '--yes', '-i', file, '-p', join(folder, 'p.yaml')];
    const { code, stdout } = await cli(argv, folder);
    expect(code).toBe(EXIT.stepFailed);
    expect(stdout).toContain(`the nodes have the new addresses of home, but ${file} could not be written`);
    expect(stdout).toContain('was changed meanwhile');
    expect(readFileSync(file, 'utf8')).toBe(inventory().replace('dns: 10.8.0.1', 'dns: 10.8.0.3'));
    const [kept = ''] = readdirSync(folder).filter((name) => name.startsWith('.home.yaml.'));
    expect(stdout).toContain(kept);
    expect(readFileSync(join(folder, kept), 'utf8')).toContain('vps: [10.9.0.1,');
  });

  it('reports it in one line for programs', async () => {
    const { stdout } = await renumber('sh', '10.9.0.0/16', '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toEqual({
      type: 'network-renumbered',
      network: 'home',
      ranges: [{ from: '10.8.0.0/24', to: '10.9.0.0/16' }],
      addresses: [
        { name: 'vps', kind: 'node', from: '10.8.0.1', to: '10.9.0.1' },
        { name: 'phone', kind: 'client', from: '10.8.0.2', to: '10.9.0.2' },
      ],
    });
  });
});
