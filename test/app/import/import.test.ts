import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, folderWith } from '../../cli/helpers.js';

const CONFIG = 'Host vps\n  HostName 198.51.100.25\nHost gh\n  HostName github.com\n';

describe('bridgehead import', () => {
  it('prints an inventory, which is valid, and notes next to it', async () => {
    const folder = folderWith({ config: CONFIG });
    const { code, stdout, stderr } = await cli(['import', join(folder, 'config')], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# yaml-language-server: \$schema=schemas\/inventory.schema.json\n/);
    expect(stdout).toContain('  vps: { public: 198.51.100.25 }\n');
    expect(stderr).toContain('config:3:1  gh is a Git service, not a machine, and was left out\n');
    expect(stderr).toContain(
      'Next: add a network, such as the one below, then run bridgehead validate\n\nnetworks:\n',
    );
    const network = stderr.slice(stderr.indexOf('networks:'));
    writeFileSync(join(folder, 'inventory.yaml'), `${stdout}\n${network}`);
    expect(await cli(['validate', '-i', join(folder, 'inventory.yaml')])).toMatchObject({ code: 0 });
  });

  it('writes a new file, with its schema', async () => {
    const folder = folderWith({ config: CONFIG });
    const argv = ['import', join(folder, 'config'), '-o', 'net/inventory.yaml'];
    expect((await cli(argv, folder)).code).toBe(0);
    const file = join(folder, 'net/inventory.yaml');
    expect(readFileSync(file, 'utf8')).toContain('name: net\n');
    expect(existsSync(join(folder, 'net/schemas/inventory.schema.json'))).toBe(true);
    expect(await cli(['validate', '-i', file])).toMatchObject({ code: 0, stderr: '' });
    const again = await cli(argv, folder);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('already exists');
  });

  it('says that variables next to an Ansible inventory were not read', async () => {
    const folder = folderWith({ hosts: 'a ansible_host=198.51.100.1\n', 'group_vars/all.yml': '' });
    const { stderr } = await cli(['import', join(folder, 'hosts')], folder);
    expect(stderr).toMatch(
      /hosts {2}group_vars next to it was not read; import what `ansible-inventory -i .*hosts --list` prints/,
    );
  });

  it('lists what the sources leave open', async () => {
    const conf = (own: string, peer: string) =>
      `[Interface]\nAddress = ${own}/24\nListenPort = 51820\n[Peer]\nPublicKey = <k>\nAllowedIPs = ${peer}/32\n`;
    const folder = folderWith({
      'a.conf': conf('10.1.0.1', '10.1.0.2'),
      'b.conf': conf('10.1.0.2', '10.1.0.1'),
    });
    const { code, stderr } = await cli(['import', join(folder, 'a.conf'), join(folder, 'b.conf')], folder);
    expect(code).toBe(0);
    expect(stderr).toContain("What the sources don't say, and the inventory still needs:\n  inventory.yaml:");
    expect(stderr).toContain('Next: write what is missing, then run bridgehead validate\n');
  });

  it('is refused with every problem of every source, and writes nothing', async () => {
    const folder = folderWith({ 'a.ini': '[x]\na ansible_port=0\n', c: 'hello\n' });
    const sources = ['a.ini', 'no', 'c'].map((name) => join(folder, name));
    const missing = await cli(['import', ...sources, '-o', 'out.yaml'], folder);
    expect(missing.stderr).toContain('no  no such file; check the path');
    const wrong = await cli(
      ['import', ...sources.filter((one) => !one.endsWith('no')), '-o', 'out.yaml'],
      folder,
    );
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('a.ini:2:1  port of a: "0" is not a port');
    expect(wrong.stderr).toContain('c  the format is not known');
    expect(existsSync(join(folder, 'out.yaml'))).toBe(false);
  });
});
