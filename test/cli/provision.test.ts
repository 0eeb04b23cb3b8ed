import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Draftfile } from '../../src/app/provision/dialogue/kept.js';
import { cli, folderWith } from './helpers.js';

describe('provision', () => {
  it('needs a terminal, or answers', async () => {
    const { code, stderr } = await cli(['provision'], folderWith({}));
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/there is no terminal to ask on[\s\S]*--answers FILE/),
    });
  });

  it('lists what is wrong with answers and flags, with its place', async () => {
    const folder = folderWith({ 'a.yaml': 'machine: [x]\nclients: phone\nport: 99999\nforwards: some\n' });
    const file = join(folder, 'a.yaml');
    const { code, stderr } = await cli(['provision', '--answers', file, '--rehearse', 'later'], folder);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/a\.yaml:1:1 {2}machine: .*"machines"/),
      expect.stringMatching(/a\.yaml:2:10 {2}clients: must be a list/),
      expect.stringMatching(/a\.yaml:3:7 {2}port: .*65535/),
      expect.stringMatching(/a\.yaml:4:11 {2}forwards: .*needed/),
      '--rehearse  "later" must be yes or no',
    ]);
  });

  it('refuses a half-written draft of another version, and forgets it when asked to', async () => {
    const folder = folderWith({ 'a.yaml': '{ machines: [] }\n' });
    const { path } = new Draftfile(join(folder, '.local/state/bridgehead'), join(folder, 'inventory.yaml'));
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '{"version":0,"machines":["vps"]}');
    const words = ['provision', '--answers', join(folder, 'a.yaml')];
    const refused = await cli(words, folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /of version 0, and this program writes version 1[\s\S]*provision --restart/,
    );
    const again = await cli([...words, '--restart'], folder);
    expect(again.stderr).not.toMatch(/version/);
  });

  it('asks for machines where ~/.ssh/config names none', async () => {
    const folder = folderWith({ 'a.yaml': 'name: home\n' });
    const { code, stderr } = await cli(['provision', '--answers', join(folder, 'a.yaml')], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/machines has no answer[\s\S]*machines: in the answers, or pass --machines/);
  });

  it('lists machines that do not answer, all of them', async () => {
    const folder = folderWith({ 'a.yaml': 'machines: ["root@127.0.0.1:1", "ops@127.0.0.1:2"]\n' });
    const { code, stderr } = await cli(['provision', '--answers', join(folder, 'a.yaml')], folder);
    expect(code).toBe(4);
    expect(stderr).toMatch(/root@127\.0\.0\.1:1: [\s\S]*ops@127\.0\.0\.1:2: /);
    expect(stderr).toContain('leaveOut: [root@127.0.0.1:1, ops@127.0.0.1:2]');
  });
});
