import { defaultPlaybook, locateInventory, locatePlaybook } from '../../src/app/locate.js';
import { type Options, stateDir } from '../../src/app/options.js';
import { resumeCommand } from '../../src/app/resume-command.js';
import { phasesFrom } from '../../src/app/select.js';
import { homeMesh } from '../fixtures/home-mesh-inventory.js';
import { folderWith } from './helpers.js';

describe('stateDir', () => {
  it.each([
    ['given', '/given', { XDG_STATE_HOME: '/xdg', HOME: '/home/u' }, '/given'],
    ['XDG', undefined, { XDG_STATE_HOME: '/xdg', HOME: '/home/u' }, '/xdg/bridgehead'],
    ['home', undefined, { HOME: '/home/u' }, '/home/u/.local/state/bridgehead'],
    ['an empty XDG', undefined, { XDG_STATE_HOME: '', HOME: '/home/u' }, '/home/u/.local/state/bridgehead'],
  ])('%s', (_name, given, env, folder) => {
    expect(stateDir(given, { env })).toBe(folder);
  });
});

describe('locate', () => {
  it('takes inventory.yaml of the folder when none is given', () => {
    expect(locateInventory(undefined, folderWith({ 'inventory.yaml': '' }))).toBe('inventory.yaml');
  });
  it('takes what is given as it is', () => {
    expect(locateInventory('x.yaml', '/nowhere')).toBe('x.yaml');
    expect(locatePlaybook('./mesh')).toBe('./mesh');
    expect(locatePlaybook('mesh.yaml')).toBe('mesh.yaml');
  });
  it('takes a word for a playbook that ships', () => {
    const folder = folderWith({ 'mesh.yaml': '' });
    expect(locatePlaybook('mesh', folder)).toBe(`${folder}/mesh.yaml`);
    expect(() => locatePlaybook('hub', folder)).toThrow('no playbook named "hub"');
  });
});

it('continues from a phase to the last', () => {
  expect(phasesFrom('b', ['a', 'b', 'c'])).toEqual(['b', 'c']);
});

describe('defaultPlaybook', () => {
  const [mesh] = homeMesh.networks;
  if (mesh === undefined) throw new Error('no network');
  const hub = { ...mesh, shape: 'hub' as const };
  it.each([
    ['mesh', [mesh]],
    ['hub', [hub]],
    ['hub', [mesh, hub]],
    ['mesh', []],
  ])('is %s after the shapes of the networks', (name, networks) => {
    expect(defaultPlaybook({ networks })).toBe(name);
  });
});

describe('resumeCommand', () => {
  const options: Options = {
    phase: [],
    only: [],
    concurrency: 16,
    timeout: 20,
    sudoTimeout: 30,
    programTimeout: 120,
    color: true,
  };
  it.each([
    [{}, 'home.yaml', 'bridgehead apply --resume -i home.yaml'],
    [
      { playbook: './p.yaml', only: ['wk-1'] },
      'h.yaml',
      'bridgehead apply --resume -i h.yaml -p ./p.yaml --only wk-1',
    ],
    [
      { stateDir: '/s' },
      "it's mine.yaml",
      "bridgehead apply --resume -i 'it'\\''s mine.yaml' --state-dir /s",
    ],
  ])('%j', (more, file, command) => {
    expect(resumeCommand({ ...options, ...more }, { file })).toBe(command);
  });
});
