import { join } from 'node:path';
import { EXIT } from '../../src/core/errors.js';
import { cli, DEAD_INVENTORY, folderWith } from '../cli/helpers.js';

describe.each(['undo', 'unlock'])('%s', (command) => {
  it('does nothing unasked if nobody can answer', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const { code, stderr } = await cli([command, '-i', join(folder, 'net.yaml')], folder);
    expect(stderr).toContain(`${command} asks for confirmation`);
    expect(stderr).toContain('--yes');
    expect(code).toBe(EXIT.badInput);
  });

  it('ends in 4 and reports each node that refuses', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const { code, stderr } = await cli([command, '-i', join(folder, 'net.yaml'), '--yes'], folder);
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toMatch(/FAILED a-1 {2}E_SSH_/);
    expect(stderr).toMatch(/FAILED b-1 {2}E_SSH_/);
  }, 20_000);

  it('keeps a journal, which `runs list` shows with its command', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const state = ['--state-dir', join(folder, 'state')];
    await cli([command, '-i', join(folder, 'net.yaml'), '--yes', ...state], folder);
    const { stdout } = await cli(['runs', 'list', ...state, '--json'], folder);
    expect(JSON.parse(stdout).runs).toMatchObject([
      { command, inventory: { name: 'dead' }, nodes: ['a-1', 'b-1'], exit: EXIT.unreachable, changes: 0 },
    ]);
    const shown = await cli(['runs', 'show', ...state], folder);
    expect(shown.stdout).toContain(`${command}: dead, 2 nodes\n`);
    expect(shown.stdout).toMatch(/FAILED a-1 {2}E_SSH_/);
    expect(shown.stdout).toMatch(/UNREACHABLE {2}0 changes made in /);
  }, 20_000);

  it('prints the same as JSON', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const { code, stdout } = await cli([command, '-i', join(folder, 'net.yaml'), '--yes', '--json'], folder);
    expect(code).toBe(EXIT.unreachable);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, errors: [{ node: 'a-1' }, { node: 'b-1' }] });
  }, 20_000);

  it('knows the names of nodes', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const name = command === 'undo' ? ['--only', 'a-2'] : ['a-2'];
    const { code, stderr } = await cli([command, '-i', join(folder, 'net.yaml'), '--yes', ...name], folder);
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toContain('no node named "a-2"');
    expect((await cli(['runs', 'list'], folder)).stdout).toBe('no run has a journal here\n');
  });
});

it('lists what can be undone without asking for anything', async () => {
  const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
  const { code, stderr } = await cli(['undo', '--list', '-i', join(folder, 'net.yaml')], folder);
  expect(code).toBe(EXIT.unreachable);
  expect(stderr).toMatch(/FAILED a-1 {2}E_SSH_/);
  expect((await cli(['runs', 'list'], folder)).stdout).toBe('no run has a journal here\n');
}, 20_000);

it.each([
  [['--list', '--all'], "'--all' cannot be used with option '--list'"],
  [['--all', '--to', 'x'], "'--all' cannot be used with option '--to <run>'"],
  [['x', '--to', 'y'], "a run cannot be named together with option '--to'"],
  [['x', '--list'], "a run cannot be named together with option '--list'"],
])('refuses undo %j', async (argv, message) => {
  const { code, stderr } = await cli(['undo', ...argv], folderWith());
  expect(code).toBe(EXIT.badInput);
  expect(stderr).toContain(message);
});
