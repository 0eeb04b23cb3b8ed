import type { Playbook } from '../../../src/playbook/types.js';
import { countsFor, type Scope, type Selected, scopeOf } from '../../../src/runner/plan/scope.js';
import { nodesOfShard } from '../../../src/runner/shards/shard.js';
import { phoneHome } from '../../fixtures/phone-home-inventory.js';
import { resolve } from '../../inventory/support.js';

const { inventory } = await phoneHome();
const ALL = inventory.nodes.map(({ name }) => name);

const phase = (name: string, kind: string, params: object = {}): Playbook['phases'][number] => ({
  name,
  steps: [{ id: `${name}.1`, kind, name, on: ['all'], params }],
  gates: [
    { id: `${name}.gate`, kind: 'commands', name: `${name} tools`, on: ['all'], params: { names: ['sh'] } },
  ],
});
const TOOLS = { names: ['jq'] };
const playbook: Playbook = {
  file: '/nowhere/p.yaml',
  name: 'p',
  phases: [phase('keys', 'wireguard-keys'), phase('tools', 'package', TOOLS), phase('tunnel', 'wireguard')],
};
const scope = (over: Partial<Selected> = {}, absent: readonly string[] = []): Scope =>
  scopeOf({ command: 'apply', inventory, playbook, phases: [], only: [], ...over }, new Set(absent));
const names = (phases: readonly { readonly name: string }[]): string[] => phases.map(({ name }) => name);
const nodesOf = (works: readonly { readonly node: { readonly name: string } }[]): string[] => [
  ...new Set(works.map(({ node }) => node.name)),
];

describe('the scope of a run', () => {
  it('is everything if nothing is selected', () => {
    const whole = scope();
    expect(names(whole.selected)).toEqual(['keys', 'tools', 'tunnel']);
    expect(whole.relied).toEqual([]);
    expect(names(whole.nodes)).toEqual(ALL);
    expect([...whole.chosen]).toEqual(ALL);
    expect(whole.selected.map(({ awaited }) => awaited)).toEqual([[], [], []]);
  });

  it('relies on the phases before the first one selected, to apply only those selected', () => {
    expect(names(scope({ phases: ['tools'] }).relied)).toEqual(['keys']);
    expect(names(scope({ phases: ['keys', 'tunnel'] }).relied)).toEqual([]);
    expect(scope({ phases: ['tools'], command: 'plan' }).relied).toEqual([]);
  });

  it('asks steps of other phases for what they know, and no others', () => {
    const { factSteps, selected } = scope({ phases: ['tunnel'] });
    expect(names(selected)).toEqual(['tunnel']);
    expect(new Set(factSteps.map(({ kind }) => kind.kind))).toEqual(new Set(['wireguard-keys']));
  });

  it('asks members of a tailnet for their addresses in it, whatever is done', () => {
    const { inventory: tailnet } = resolve(`name: tailnet
nodes:
  edge: { public: 198.51.100.25 }
  wk-1: { public: 198.51.100.26 }
  nas: { public: 198.51.100.27 }
networks:
  tail: { kind: tailscale, authKey: { env: TS_AUTHKEY }, members: [edge, wk-1] }
`);
    const knownTo = (kind: string): readonly string[] =>
      scope({ inventory: tailnet, playbook: { ...playbook, phases: [phase('one', kind, TOOLS)] } })
        .factSteps.filter((work) => work.kind.kind === 'tailscale')
        .map(({ node }) => node.name);
    expect(knownTo('package')).toEqual(['edge', 'wk-1']);
    expect(scope().factSteps.filter(({ kind }) => kind.kind === 'tailscale')).toEqual([]);
  });

  it('changes only the chosen nodes, and reads those that they have tunnels with', () => {
    const { chosen, nodes, selected, factSteps } = scope({ only: ['node-a'] });
    expect([...chosen]).toEqual(['node-a']);
    expect(names(nodes)).toEqual(['vps', 'node-a']);
    for (const { steps, gates } of selected) {
      expect(nodesOf(steps)).toEqual(['node-a']);
      expect(gates.map((gate) => names(gate.nodes))).toEqual([['vps', 'node-a']]);
    }
    expect(nodesOf(factSteps.filter(({ kind }) => kind.kind === 'wireguard-keys'))).toContain('vps');
  });

  it('does not ask a node of which all is given', () => {
    const given = new Map([['vps', { 'public-key.wg0': 'VPS=' }]]);
    expect(names(scope({ only: ['node-a'], given }).nodes)).toEqual(['node-a']);
    expect(names(scope({ only: ['vps'], given }).nodes)).toContain('vps');
  });

  it('continues without a node that is absent, and says whose gates are not measured', () => {
    const { chosen, nodes, selected } = scope({}, ['lan-1']);
    expect([...chosen]).toEqual(ALL.filter((name) => name !== 'lan-1'));
    expect(names(nodes)).not.toContain('lan-1');
    for (const { steps, gates } of selected) {
      expect(nodesOf(steps)).not.toContain('lan-1');
      expect(gates.map(({ absent }) => absent)).toEqual([['lan-1']]);
      expect(gates.flatMap((gate) => names(gate.nodes))).not.toContain('lan-1');
    }
  });

  it('waits, as a shard, for the same steps on the nodes of the others', () => {
    const shard = { index: 1, of: 2 };
    const own = nodesOfShard(inventory, shard);
    const { chosen, selected, nodes } = scope({ shard });
    expect([...chosen].sort()).toEqual([...own].sort());
    for (const { steps, awaited } of selected) {
      expect(nodesOf(steps).every((name) => own.includes(name))).toBe(true);
      expect(nodesOf(awaited).some((name) => own.includes(name))).toBe(false);
      expect(nodesOf(awaited).every((name) => names(nodes).includes(name))).toBe(true);
    }
    expect(selected.flatMap(({ awaited }) => awaited)).not.toEqual([]);
  });
});

describe('what counts', () => {
  const only = countsFor(new Set(['a']));
  it.each([
    ['a', undefined, true],
    ['b', undefined, false],
    ['a', 'b', true],
    ['b', 'a', true],
    ['b', 'c', false],
  ])('of %s to %s with --only a: %s', (node, peer, expected) => {
    expect(only(node, peer)).toBe(expected);
  });

  it('is a pair of one shard only: the one that it is measured from', () => {
    const counts = countsFor(new Set(['a']), { index: 1, of: 2 });
    expect([counts('a', 'b'), counts('b', 'a')]).toEqual([true, false]);
  });

  it('is nothing of a node that is absent, once it is known to be', () => {
    const absent = new Set<string>();
    const counts = countsFor(new Set(['a', 'b']), undefined, absent);
    expect(counts('a', 'b')).toBe(true);
    absent.add('b');
    expect([counts('a'), counts('b'), counts('a', 'b'), counts('b', 'a')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
