import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, User } from '../../package/installed.js';

/** `BRIDGEHEAD_NODES='20 22 24'` rehearses with each. */
const NODES = (process.env['BRIDGEHEAD_NODES'] ?? '24').split(' ');

describe.each(NODES)('the package, installed globally on Node %s', (node) => {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-tarball-'));
  const user = new User(node);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    user.remove();
  });

  it('rehearses an example to GO in an empty folder', () => {
    const tarball = join(folder, pack(folder).filename);
    expect(user.run('npm', ['install', '--global', '--ignore-scripts', tarball])).toMatchObject({
      status: 0,
    });
    expect(user.bridgehead('init', 'mesh')).toMatchObject({ status: 0, stderr: '' });
    // The lab is named after the inventory, and another one may be up.
    const inventory = join(user.folder, 'inventory.yaml');
    const example = readFileSync(inventory, 'utf8');
    writeFileSync(inventory, example.replace(/^name: .*$/m, `name: packaged-${node}`));
    const { status, stdout, stderr } = user.bridgehead('rehearse');
    console.info(`Node ${node}\n${stdout.trimEnd().split('\n').slice(-4).join('\n')}`);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/^rehearsal +GO/m);
    expect(stdout).toMatch(/ping +- +GO +12 of 12 pairs answer/);
  });
});
