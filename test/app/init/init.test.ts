import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from '../../../src/app/init/init.js';
import { cli, folderWith } from '../../cli/helpers.js';

describe('bridgehead init', () => {
  it.each(Object.keys(EXAMPLES))(
    'writes the %s example, which is valid, with its schema',
    async (example) => {
      const folder = folderWith();
      const { code, stdout } = await cli(['init', example], folder);
      expect(code).toBe(0);
      expect(stdout).toContain('wrote inventory.yaml\nwrote schemas/inventory.schema.json\n');
      expect(stdout).toContain('  1. write your machines into inventory.yaml');
      const text = readFileSync(join(folder, 'inventory.yaml'), 'utf8');
      const [, schema = ''] = /^# yaml-language-server: \$schema=(.*)\n/.exec(text) ?? [];
      expect(JSON.parse(readFileSync(join(folder, schema), 'utf8'))).toHaveProperty(
        'title',
        'Bridgehead inventory',
      );
      expect(await cli(['validate', '-i', join(folder, 'inventory.yaml')])).toMatchObject({ code: 0 });
    },
  );

  it('writes a mesh into a new folder', async () => {
    const folder = folderWith();
    const { stdout } = await cli(['init', 'mesh', 'a/b'], folder);
    expect(stdout).toContain('wrote a/b/inventory.yaml\n');
    expect(stdout).toContain('  1. cd a/b\n');
    expect(readFileSync(join(folder, 'a/b/inventory.yaml'), 'utf8')).toContain('name: home-mesh\n');
  });

  it('names a folder elsewhere as one would type it', async () => {
    const folder = folderWith();
    const { stdout } = await cli(['init', 'mesh', `${folder}/my net`], folderWith());
    expect(stdout).toContain(`wrote ${folder}/my net/inventory.yaml\n`);
    expect(stdout).toContain(`  1. cd '${folder}/my net'\n`);
  });

  it('does not overwrite an inventory', async () => {
    const folder = folderWith({ 'inventory.yaml': 'mine\n' });
    const { code, stderr } = await cli(['init'], folder);
    expect(code).toBe(2);
    expect(stderr).toContain('inventory.yaml already exists');
    expect(stderr).toContain('move it away, or choose another place');
    expect(readFileSync(join(folder, 'inventory.yaml'), 'utf8')).toBe('mine\n');
  });

  it('brings an older schema of ours up to date, and leaves any other', async () => {
    const ours = '{ "$id": "https://bridgehead.dev/schemas/inventory.schema.json" }';
    const old = folderWith({ 'schemas/inventory.schema.json': ours });
    const foreign = folderWith({ 'schemas/inventory.schema.json': '{}' });
    await cli(['init'], old);
    await cli(['init'], foreign);
    expect(readFileSync(join(old, 'schemas/inventory.schema.json'), 'utf8').length).toBeGreaterThan(1000);
    expect(readFileSync(join(foreign, 'schemas/inventory.schema.json'), 'utf8')).toBe('{}');
  });

  it('names the nearest example', async () => {
    const { code, stderr } = await cli(['init', 'mehs'], folderWith());
    expect(code).toBe(2);
    expect(stderr).toContain('no example named "mehs"');
    expect(stderr).toContain('did you mean "mesh"?');
  });
});
