import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSecrets } from '../../../src/layers/pair-secrets.js';
import { loadPlaybook } from '../../../src/playbook/index.js';
import type { Playbook } from '../../../src/playbook/types.js';
import { scopeOf } from '../../../src/runner/plan/scope.js';
import { layOutPlaybook } from '../../../src/runner/plan/work.js';
import { phoneHome } from '../../fixtures/phone-home-inventory.js';

const { inventory } = await phoneHome();

function playbookOn(on: readonly string[], optional = false): Playbook {
  const step = { id: 'a.1', kind: 'wireguard-keys', name: 'keys', on, optional, params: {} };
  return { file: 'p.yaml', name: 'p', phases: [{ name: 'a', steps: [step], gates: [] }] };
}

function nodesOf(...on: readonly string[]): string[] {
  return layOutPlaybook(inventory, playbookOn(on), new RunSecrets()).flatMap(({ steps }) =>
    steps.map(({ node }) => node.name),
  );
}

describe('if a step is done', () => {
  it.each<[string[], string[]]>([
    [['all'], ['vps', 'node-a', 'lan-1', 'lan-2']],
    [['members'], ['vps', 'node-a']],
    [['hub'], ['vps']],
    [['gateway'], ['node-a']],
    [['forwarding'], ['vps', 'node-a']],
    [
      ['hub', 'lan-2'],
      ['vps', 'lan-2'],
    ],
    [['site:home'], ['node-a', 'lan-1', 'lan-2']],
  ])('%j', (on, nodes) => {
    expect(nodesOf(...on)).toEqual(nodes);
  });

  it.each<[string, RegExp]>([
    ['gatewya', /"gatewya" selects no node; did you mean "gateway"\?/],
    ['vpss', /did you mean "vps"\?/],
    ['role:gatway', /"role:gatway" selects no node; did you mean "role:gateway"\?/],
    ['role:x', /one of: role:hub, role:gateway/],
    ['site:hoem', /did you mean "site:home"\?/],
    ['rol:hub', /"rol:hub" is not a valid selector; did you mean "role:hub"\?/],
    ['role:', /"role:" is not a valid selector/],
    [
      'nothing-near-at-all',
      /one of: all, members, hub, gateway, forwarding, tailnet, closed, edges, apps, resolvers, vps, node-a/,
    ],
  ])('refuses %s, which selects nothing', (selector, expected) => {
    expect(() => nodesOf(selector)).toThrow(expected);
    expect(() => nodesOf('all', selector)).toThrow(expected);
  });

  it.each(['role:wroker', 'site:elsewhere', 'nas'])(
    'lets %s select nothing where that is optional',
    (selector) => {
      expect(layOutPlaybook(inventory, playbookOn([selector], true), new RunSecrets())).toMatchObject([
        { steps: [] },
      ]);
      expect(() => nodesOf(selector)).toThrow(/optional: true/);
    },
  );

  it('takes no word that could mean nothing anywhere, optional or not', () => {
    expect(() => layOutPlaybook(inventory, playbookOn(['role=hub'], true), new RunSecrets())).toThrow(
      /is not a valid selector/,
    );
  });

  it('lets only members and forwarding be empty by nature', () => {
    const alone = { ...inventory, networks: [] };
    const lay = (selector: string) => layOutPlaybook(alone, playbookOn([selector]), new RunSecrets());
    expect(lay('members')).toMatchObject([{ steps: [] }]);
    expect(lay('forwarding')).toMatchObject([{ steps: [] }]);
    expect(() => lay('hub')).toThrow(/"hub" selects no node: no network has shape: hub/);
    expect(() => lay('gateway')).toThrow(/"gateway" selects no node: no member advertises a LAN/);
  });

  it('does not mind that only some nodes are worked on', () => {
    const request = { inventory, playbook: playbookOn(['hub', 'role:gateway']), command: 'apply' as const };
    const scope = scopeOf({ ...request, phases: [], only: ['vps'] });
    expect(scope.selected[0]?.steps.map(({ node }) => node.name)).toEqual(['vps']);
  });
});

describe('if the playbook names what selects nothing', () => {
  it.each([
    ['steps', '      - on: [all, role:wroker]\n        wireguard-keys:\n', '5:19'],
    ['gates', '      - on: role:wroker\n        keys:\n', '5:13'],
  ])('points at it among the %s', async (list, entry, place) => {
    const folder = mkdtempSync(join(tmpdir(), 'bridgehead-work-'));
    const file = join(folder, 'p.yaml');
    writeFileSync(file, `name: p\nphases:\n  - name: one\n    ${list}:\n${entry}`);
    const playbook = await loadPlaybook(file);
    rmSync(folder, { recursive: true });
    expect(() => layOutPlaybook(inventory, playbook, new RunSecrets())).toThrow(`p.yaml:${place}  one.`);
  });
});

describe('keys that no phase makes', () => {
  const gates = (kind: string, steps: Playbook['phases'][number]['steps'] = []): Playbook => ({
    file: 'p.yaml',
    name: 'p',
    phases: [
      { name: 'a', steps, gates: [{ id: 'a.gate-1', kind, name: kind, on: ['members'], params: {} }] },
    ],
  });
  const read = (playbook: Playbook, of = inventory) => {
    const request = { inventory: of, playbook, command: 'check' as const, phases: [], only: [] };
    return scopeOf(request).factSteps.map(({ step, node }) => `${step.kind} ${node.name}`);
  };
  const shared = {
    ...inventory,
    networks: inventory.networks.map((one) => ({ ...one, presharedKeys: true })),
  };

  it.each(['handshake', 'peers'])('are read for the gate %s', (kind) => {
    expect(read(gates(kind))).toEqual(['wireguard-keys vps', 'wireguard-keys node-a']);
  });

  it('are read with those of pairs, if the network has them', () => {
    expect(read(gates('preshared-keys'), shared)).toEqual([
      'wireguard-keys vps',
      'wireguard-keys node-a',
      'preshared-keys vps',
      'preshared-keys node-a',
    ]);
  });

  it('are read for a wireguard step', () => {
    const step = { id: 'a.1', kind: 'wireguard', name: 'tunnel', on: ['members'], params: {} };
    expect(read(gates('ping', [step]))).toEqual(['wireguard-keys vps', 'wireguard-keys node-a']);
  });

  it('are read only on the nodes on which no step makes them', () => {
    const step = { id: 'a.1', kind: 'wireguard-keys', name: 'keys', on: ['vps'], params: {} };
    expect(read(gates('handshake', [step]))).toEqual(['wireguard-keys node-a']);
  });

  it('are not read if nothing asks for them', () => {
    expect(read(gates('ping'))).toEqual([]);
  });
});
