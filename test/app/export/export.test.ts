import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cli, folderWith } from '../../cli/helpers.js';

const INVENTORY = join(process.cwd(), 'inventory/home-mesh.yaml');

describe('bridgehead export', () => {
  it.each([
    ['ansible', /^# Written by .*\n.*\nall:\n/],
    ['ssh-config', /\nHost wk-1\n/],
    ['mermaid', /^flowchart LR\n/],
    ['graphviz', /^digraph "home-mesh" \{\n/],
    ['prometheus', /^\[\n {2}\{\n {4}"targets": \[\n {6}"172.27.15.31:9200"/],
  ])('%s goes to standard output', async (format, text) => {
    const { code, stdout, stderr } = await cli(['export', format, '-i', INVENTORY, '--port', '9200']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(text);
  });

  it('writes a file that is not there, and replaces one with --force', async () => {
    const folder = folderWith({ 'hosts.yml': 'mine' });
    const argv = ['export', 'ansible', '-i', INVENTORY, '-o', 'hosts.yml'];
    const refused = await cli(argv, folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('hosts.yml already exists');
    expect(readFileSync(join(folder, 'hosts.yml'), 'utf8')).toBe('mine');
    expect(await cli([...argv, '--force'], folder)).toMatchObject({ code: 0, stderr: 'wrote hosts.yml\n' });
    expect(readFileSync(join(folder, 'hosts.yml'), 'utf8')).toContain('ctb-edge-1');
  });

  it('writes wg-quick files into a folder, which only their owner can read', async () => {
    const folder = folderWith();
    const { code, stderr } = await cli(['export', 'wg-quick', '-i', INVENTORY, '-o', 'wg'], folder);
    expect(code).toBe(0);
    expect(stderr).toContain('wrote wg/wk-1/wg0.conf\n');
    expect(statSync(join(folder, 'wg/wk-1/wg0.conf')).mode & 0o777).toBe(0o600);
    const refused = await cli(['export', 'wg-quick', '-i', INVENTORY]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('name a folder for them, such as -o wg-quick');
  });

  it('refuses an unknown format and a port that is none', async () => {
    expect((await cli(['export', 'ansibel', '-i', INVENTORY])).code).toBe(2);
    expect((await cli(['export', 'prometheus', '-i', INVENTORY, '--port', '0'])).code).toBe(2);
  });
});
