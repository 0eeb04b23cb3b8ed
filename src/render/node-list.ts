import { count } from '../core/text.js';

/** This many names are always listed, whatever fraction of all they are. */
const FEW = 6;
/** If no more than these are missing, it is "all but" them. */
const EXCEPTIONS = 3;

/** Nodes in short: their names, or `all 16 nodes`, or `all 16 nodes but wk-1`. */
export function nodeList(nodes: readonly string[], all: readonly string[]): string {
  if (nodes.length <= FEW) return nodes.join(', ');
  const others = all.filter((name) => !nodes.includes(name));
  if (others.length > EXCEPTIONS) return nodes.join(', ');
  const every = `all ${count(all.length, 'node')}`;
  return others.length === 0 ? every : `${every} but ${others.join(', ')}`;
}
