import { defaultPlaybook, locateInventory, locatePlaybook } from '../../src/app/locate.js';
import { type Options, stateDir } from '../../src/app/options.js';
import { resumeCommand, undoCommand } from '../../src/app/run/resume-command.js';
import { phasesFrom } from '../../src/app/select.js';
import { homeMesh } from '../fixtures/home-mesh-inventory.js';
import { cli, folderWith } from './helpers.js';

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
  it('is what carries out apps and firewall rules, if there are any', () => {
    expect(defaultPlaybook({ networks: [hub], apps: ['photos'] })).toBe('edge');
    expect(defaultPlaybook({ networks: [hub], apps: [], edges: ['vps'] })).toBe('edge');
    expect(defaultPlaybook({ networks: [mesh], closed: ['edge-1'] })).toBe('edge');
    expect(defaultPlaybook({ networks: [mesh], dns: { zones: ['home.arpa'] } })).toBe('edge');
    expect(defaultPlaybook({ networks: [], closed: ['edge-1'] })).toBe('firewall');
  });
  it('is what joins a tailnet, if there is one', () => {
    expect(defaultPlaybook({ networks: [hub], tailnets: ['tail'] })).toBe('edge');
    expect(defaultPlaybook({ networks: [], closed: ['edge-1'], tailnets: ['tail'] })).toBe('edge');
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

it('undoes a run with its inventory, and keeps the journal where that of the run is', () => {
  expect(undoCommand('r1', { file: 'home.yaml' }, {})).toBe('bridgehead undo r1 -i home.yaml');
  expect(undoCommand('r1', { file: 'home.yaml' }, { stateDir: '/s' })).toBe(
    'bridgehead undo r1 -i home.yaml --state-dir /s',
  );
});

it.each([
  'apply',
  'undo',
  'adopt',
  'renumber',
  'remove',
  'rotate psk',
  'provision',
  'client add',
  'client rekey',
  'client revoke',
])('%s can wait for locks', async (command) => {
  const { stdout } = await cli([...command.split(' '), '--help']);
  expect(stdout).toContain('--wait-for-lock <seconds>');
});

it.each([
  'plan',
  'apply',
  'adopt',
  'remove',
  'renumber',
  'client add',
  'client rekey',
  'client revoke',
  'rotate psk',
])('%s, which shows a plan, shows every line of it with --full', async (command) => {
  expect((await cli([...command.split(' '), '--help'])).stdout).toMatch(/^ +--full /m);
});
