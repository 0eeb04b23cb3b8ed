import { openStep } from '../../../src/layers/firewall/steps/open.js';
import { forInventory } from '../../../src/layers/shared/managed.js';
import type { Facts, StepContext } from '../../../src/layers/step.js';
import { textOf } from '../../../src/remote/script.js';
import { CLEAN, ruled } from './support.js';

const inventory = ruled('{ on: edge, allow: [443/tcp] }');
const on = (name: string): StepContext<object> => {
  const node = inventory.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return { params: {}, inventory, node, networks: [], values: new Map() } as unknown as StepContext<object>;
};
const NO_FACTS: Facts = new Map() as unknown as Facts;
const plan = (name: string, rules: string) =>
  openStep.plan(
    on(name),
    { ...CLEAN, rules: { type: 'file', content: rules } as (typeof CLEAN)['rules'] },
    NO_FACTS,
  );

describe('opening a node that no rule names', () => {
  const ours = `${forInventory(inventory.name)}\n`;

  it('removes what is ours there, and nothing else', () => {
    expect(plan('wk-1', ours)).toMatchObject([{ guarded: true, summary: expect.stringContaining('remove') }]);
    expect(plan('wk-1', `${forInventory('another')}\n`)).toEqual([]);
  });

  it('reads nothing of a node that a rule names, which the other step reads', () => {
    const { script, parse } = openStep.probe(on('edge'));
    expect(textOf(script)).toBe(':');
    const seen = parse({ id: 'probe.open', code: 0, stdout: '', stderr: '' });
    expect(openStep.plan(on('edge'), seen, NO_FACTS)).toEqual([]);
    expect(textOf(openStep.probe(on('wk-1')).script)).toContain('nft');
  });
});
