import type { GateContext, GateKind, Verdict } from '../../src/layers/gate.js';
import { readReplies } from '../../src/layers/shared/verdict.js';
import type { Node } from '../../src/model/inventory.js';
import type { FragmentReply } from '../../src/remote/program.js';
import type { AskedGate } from '../../src/runner/gates/question.js';

/** Of that name; one that the inventory lacks is like its first. */
function nodeNamed({ inventory: { nodes } }: GateContext<unknown>, name: string): Node {
  const [first] = nodes;
  if (first === undefined) throw new TypeError('the inventory has no nodes');
  return nodes.find((node) => node.name === name) ?? { ...first, name };
}

/** What a gate makes of its nodes' replies. */
export function verdictOn<P, S>(
  kind: GateKind<P, S>,
  context: GateContext<P>,
  replies: ReadonlyMap<string, FragmentReply>,
): Verdict {
  const readings = readReplies(context, replies, (name) => kind.probe(context, nodeNamed(context, name)));
  return kind.verdict(context, { ...readings, outside: undefined });
}

/** A gate as it is put to one node. */
export function askedGate<P, S>(
  kind: GateKind<P, S>,
  context: GateContext<P>,
  name: string,
  id = 'test',
): AskedGate {
  return { id, probe: kind.probe(context, nodeNamed(context, name)), patience: context.patience };
}
