import { type Path, show, suggest } from '../../../document/index.js';
import { hostRoute } from '../../../model/address.js';
import type { Inventory } from '../../../model/inventory.js';
import { parseAddress, parseRange } from '../../../model/parse-address.js';
import type { OneOrMore } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import type { Allowed, Source } from './types.js';

/** Words of a rule's `from` that could be taken for nodes. */
export const SOURCE_WORDS: ReadonlyMap<string, string> = new Map([
  ['anyone', "in a firewall rule's `from` it means every address"],
]);

interface Place {
  readonly work: Resolution;
  readonly path: Path;
  readonly inventory: Inventory;
}

/** Who may send, from the words of the file; reports what means nobody, or two. */
export function resolveSources(place: Place, written: OneOrMore = 'anyone'): Allowed['from'] {
  if (written === 'anyone') return written;
  const { path } = place;
  const entries =
    typeof written === 'string'
      ? [{ at: path, text: written }]
      : written.flatMap((text, i) => (text === null ? [] : [{ at: [...path, i], text }]));
  if (entries.some(({ text }) => text === 'anyone')) return 'anyone';
  return entries.flatMap(({ at, text }) => sourceOf({ ...place, path: at }, text) ?? []);
}

/** Other firewalls' words for every address. */
const ANYONE = new Set(['any', 'anybody', 'anywhere', 'everyone', 'internet', 'all', 'world', 'public', '*']);

const KINDS = ['node', 'network', 'site'] as const;

function sourceOf({ work, path, inventory }: Place, text: string): Source | undefined {
  if (text === 'lan') return { kind: 'lan' };
  if (/[/.]|:.*:/.test(text)) {
    const range = work.parse(path, text, text.includes('/') ? parseRange : parseAddress);
    return range === undefined
      ? undefined
      : { kind: 'range', range: text.includes('/') ? range : hostRoute(range) };
  }
  const [, kind, name = text] = /^(node|network|site):(.*)$/.exec(text) ?? [];
  const names = {
    node: inventory.nodes.map((one) => one.name),
    network: [...inventory.networks, ...(inventory.tailnets ?? [])].map((one) => one.name),
    site: inventory.sites.map((one) => one.name),
  };
  const meant = KINDS.filter((one) => (kind ?? one) === one && names[one].includes(name));
  const [first] = meant;
  if (first !== undefined && meant.length === 1) return { kind: first, name };
  if (meant.length > 1) {
    const fix = `write ${meant.map((one) => `${one}:${name}`).join(' or ')}`;
    work.report(path, `${show(text)} is a ${meant.join(' and a ')}`, fix);
  } else if (['nodes', 'networks', 'sites'].every((key) => work.isSound([key]))) {
    const known =
      kind === undefined ? ['anyone', 'lan', ...KINDS.flatMap((one) => names[one])] : names[kind as 'node'];
    const nouns = kind === undefined ? 'lan, a node, a network, a site, an address or a range' : `a ${kind}`;
    const fix = ANYONE.has(text) ? 'write anyone' : suggest(name, known);
    work.report(path, `must name ${nouns}; got ${show(text)}`, fix);
  }
  return undefined;
}
