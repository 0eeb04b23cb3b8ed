import { RunSecrets } from '../../../src/layers/pair-secrets.js';
import type { Ownership, StepKind } from '../../../src/layers/step.js';
import type { Network } from '../../../src/model/inventory.js';
import { probeOf } from '../../../src/runner/plan/node-probe.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { answering, inventoryOf } from '../../support/answering-nodes.js';

const node = answering('a');
const inventory = inventoryOf(node);
const questions: string[] = [];

const ownership: Ownership = {
  name: 'interfaces',
  probe: () => {
    questions.push('owners');
    return { script: 'owners', parse: ({ stdout }) => stdout };
  },
  refuse: () => [],
};
const kind: StepKind = {
  kind: 'file',
  schema: {},
  probe: () => ({ script: 'see', parse: ({ stdout }) => stdout }),
  plan: () => [],
  claims: ownership,
};

function work(id: string, when?: string): StepWork {
  const step = { id, kind: 'file', name: id, on: ['a'], params: {}, ...(when && { when }) };
  const networks = [{ name: 'mesh', interface: 'wg0' } as Network];
  const context = { params: {}, node, inventory, networks, folder: '/', values: new Map() };
  return { phase: 'p', kind, node, step, context: { ...context, secrets: new RunSecrets() } };
}

describe('what a node is asked about its steps', () => {
  it('only reads, with a condition before its step and the owners at the end, built once', () => {
    const { fragments, owners } = probeOf([work('one'), work('two', 'test -e /x')]);
    expect(fragments.map(({ id }) => id)).toEqual([
      'probe.one',
      'when.two',
      'probe.two',
      'owners.interfaces',
    ]);
    expect(fragments.every(({ readOnly }) => readOnly)).toBe(true);
    expect(owners).toMatchObject([{ node: 'a', ownership }]);
    expect(questions).toEqual(['owners']);
  });

  it('reads a condition by its exit status', () => {
    const [{ when } = { when: undefined }] = probeOf([work('two', 'test -e /x')]).steps;
    const reply = { id: 'when.two', code: 0, stdout: '', stderr: '' };
    expect([when?.parse(reply), when?.parse({ ...reply, code: 1 })]).toEqual([true, false]);
  });
});
