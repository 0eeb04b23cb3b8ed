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

/** Words at most `width` wide, as lines. */
export function wrapWords(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
