import type { RunContext } from '../../../src/runner/context.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { refuseSplit } from '../../../src/runner/shards/split-pairs.js';
import { answering, inventoryOf } from '../../support/answering-nodes.js';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** A shard of these nodes whose one step wants keys for these pairs. */
function refuse(chosen: readonly string[], ...pairs: readonly (readonly [string, string])[]): void {
  const context = {
    inventory: inventoryOf(...NAMES.map((name) => answering(name))),
    chosen: new Set(chosen),
    absent: new Set(),
    observations: { wantedSecrets: () => pairs.map((nodes) => ({ network: 'net', nodes })) },
  };
  refuseSplit(context as unknown as RunContext, [{} as StepWork]);
}
const refusal = (message: string, evidence: string) =>
  expect.objectContaining({
    code: 'E_USAGE',
    message: expect.stringContaining(message),
    details: expect.objectContaining({ evidence }),
  });

describe('a shard', () => {
  it('continues if it has both ends of every pair, or the other isn’t a node', () => {
    expect(() => refuse(['a', 'b'], ['a', 'b'], ['a', 'phone'])).not.toThrow();
  });

  it('is refused if it has only one end, and names each pair once', () => {
    expect(() => refuse(['a'], ['c', 'a'], ['a', 'c'])).toThrow(refusal('a pair of nodes', 'a, c'));
    expect(() => refuse(['a', 'b'], ['a', 'c'], ['a', 'b'], ['d', 'b'])).toThrow(
      refusal('2 pairs of nodes', 'a, c\nb, d'),
    );
  });

  it('names no more than five', () => {
    const pairs = NAMES.slice(1).map((name) => ['a', name] as const);
    expect(() => refuse(['a'], ...pairs)).toThrow(refusal('6 pairs', 'a, b\na, c\na, d\na, e\na, f\n…'));
  });
});
