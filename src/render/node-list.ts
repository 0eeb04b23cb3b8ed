import { count } from '../core/text.js';

/** Names that are listed, whatever their number is compared with all. */
const FEW = 6;
/** Names that are left out of "all" rather than listing the others. */
const EXCEPTIONS = 3;

/** Nodes in few words: their names, or `all 16 nodes`, or `all 16 nodes but wk-1`. */
export function nodeList(nodes: readonly string[], all: readonly string[]): string {
  if (nodes.length <= FEW) return nodes.join(', ');
  const others = all.filter((name) => !nodes.includes(name));
  if (others.length > EXCEPTIONS) return nodes.join(', ');
  const every = `all ${count(all.length, 'node')}`;
  return others.length === 0 ? every : `${every} but ${others.join(', ')}`;
}
