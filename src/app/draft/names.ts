import { NODE_WORDS } from '../../inventory/reserved-names.js';

const LONGEST = 63;

/**
 * A name for a node, site, network or client, as close to a text as the inventory allows: `k3s_node.lan` gives `k3s-node`
 * (a host's first label is its name). `taken` has the names that are in use: then a number is appended.
 */
export function nameFrom(text: string, taken: Iterable<string> = [], fallback = 'node'): string {
  const label = /[a-z]/i.test(text) ? (text.split('.')[0] ?? '') : text;
  const plain = trim(label.toLowerCase().replace(/[^a-z0-9]+/g, '-')).slice(0, LONGEST);
  const name = trim(plain) || fallback;
  const used = new Set([...taken, ...NODE_WORDS.keys()]);
  for (let n = 1; ; n += 1) {
    const tail = n === 1 ? '' : `-${n}`;
    const numbered = `${trim(name.slice(0, LONGEST - tail.length))}${tail}`;
    if (!used.has(numbered)) return numbered;
  }
}

const trim = (text: string): string => text.replace(/^-+|-+$/g, '');
