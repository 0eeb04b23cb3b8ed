import stringWidth from 'fast-string-width';
import { count } from '../../core/text.js';
import type { Outage } from '../../lab/streams/outages.js';
import { clean } from '../clean.js';
import type { Paint } from '../colour.js';
import { padTo } from '../table.js';
import { duration, wrapWords } from '../text.js';

/** What a change does to the connections that are open while it is made. */
export interface ChangeResult {
  /** What the network was before: a run, or a file. */
  readonly former: string;
  readonly outages: readonly Outage[];
}

interface Place {
  readonly width: number;
  readonly paint: Paint;
}

/** Lines of a table of what was cut and for how long, the worst first; those to which the same happened share a line. */
export function outageLines({ former, outages }: ChangeResult, { width, paint }: Place): string[] {
  const all = clean(outages);
  const pairs = all.filter(({ way }) => way !== 'ssh').length;
  const measured = [
    ...(pairs > 0 ? [`a TCP stream on ${pairs === 1 ? 'one pair' : `each of ${pairs} pairs`}`] : []),
    ...(all.length > pairs ? [`an SSH session to ${count(all.length - pairs, 'node')}`] : []),
  ].join(' and ');
  const title = `What the change from ${clean(former)} cuts, by ${measured}:`;
  const rows = foldedRows(all, namesOf(all), paint);
  const hang = 4 + Math.max(0, ...rows.map(([name]) => stringWidth(name)));
  const shown = rows.flatMap(([name, text]) => {
    const [first = '', ...more] = wrapWords(text, width - hang);
    return [`  ${padTo(name, hang - 4)}  ${first}`, ...more.map((line) => `${' '.repeat(hang)}${line}`)];
  });
  return [...wrapWords(title, width), ...shown, ...surpriseLines(all, paint)];
}

/** The same as JSON lines. Ends with a newline, unless there is none. */
export function outageJson(outages: readonly Outage[]): string {
  return outages.map((outage) => `${JSON.stringify({ type: 'stream-measured', ...outage })}\n`).join('');
}

const ORDER = ['lost', 'reset', 'survived', 'moved', 'new', 'unmeasured', 'gone', 'uncut'] as const;
const CUT: ReadonlySet<Outage['fate']> = new Set(['lost', 'reset', 'survived', 'moved']);

function worstFirst(a: Outage, b: Outage): number {
  const rank = ({ fate }: Outage) => (fate === 'lost' ? 0 : CUT.has(fate) ? 1 : ORDER.indexOf(fate));
  return rank(a) - rank(b) || b.ms - a.ms;
}

function foldedRows(
  outages: readonly Outage[],
  nameOf: (outage: Outage) => string,
  paint: Paint,
): (readonly [name: string, text: string])[] {
  const groups = new Map<string, Outage[]>();
  for (const outage of outages.toSorted(worstFirst)) {
    const key = [outage.way, fateText(outage), outage.planned].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), outage]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const planned = plannedText(first);
    const text = `${coloured(first, paint)}${planned === '' ? '' : ` (${planned})`}`;
    return [[groupName(group, nameOf), text] as const];
  });
}

function groupName(group: readonly Outage[], nameOf: (outage: Outage) => string): string {
  const names = group.map(nameOf);
  if (names.length <= 2) return names.join(', ');
  if (group[0]?.fate === 'uncut')
    return group[0].way === 'ssh' ? `ssh to ${names.length} nodes` : `${names.length} pairs`;
  return `${names[0]} and ${names.length - 1} more`;
}

/** The network and the family are named where there are several. */
function namesOf(outages: readonly Outage[]): (outage: Outage) => string {
  const networks = new Set(outages.flatMap(({ network }) => network ?? []));
  const families = new Set(outages.flatMap(({ family }) => family ?? []));
  return ({ way, from, to, network, family }) =>
    way === 'ssh'
      ? `ssh to ${to}`
      : [
          `${from} ↔ ${to}`,
          ...(networks.size > 1 ? [`in ${network}`] : []),
          ...(families.size > 1 ? [`by IPv${family}`] : []),
        ].join(' ');
}

/** What happened to a pair, in words. */
function fateText(outage: Outage): string {
  const { way, fate, ms, cuts, silent, why, before, after, network } = outage;
  const long = duration(ms < 1000 ? ms : Math.round(ms / 100) * 100);
  const because = why === undefined ? '' : ` (${why})`;
  const cut = cuts > 1 ? `cut ${cuts} times, for ${long} in all` : `cut for ${long}`;
  switch (fate) {
    case 'uncut':
      return 'not cut';
    case 'survived':
      return silent === undefined
        ? `${cut}; the connection survived`
        : `${cut}; the connection survived, and went on after ${duration(silent)}`;
    case 'reset':
      return cuts > 1
        ? `${cut}; the connection ended${because}`
        : `the connection ended${because}; reachable again after ${long}`;
    case 'moved':
      return `the address changes: ${before} → ${after}; reachable at the new one ${ms > 0 ? `after ${long}` : 'at once'}`;
    case 'new':
      return `new: reachable ${long} after the change began`;
    case 'gone':
      return `leaves network ${network}`;
    case 'lost':
      if (way === 'client') return `cut${because} until the client gets its new configuration`;
      return before === undefined ? 'new, but not reachable' : `cut${because}, and not reachable again`;
    case 'unmeasured':
      return 'not reachable before the change, so nothing was measured';
  }
}

function coloured(outage: Outage, paint: Paint): string {
  const text = fateText(outage);
  if (outage.fate === 'lost') return paint.bad(text);
  if (CUT.has(outage.fate) && outage.ms > 0) return paint.warn(text);
  return outage.fate === 'uncut' || outage.fate === 'new' ? paint.good(text) : text;
}

function plannedText({ fate, planned }: Outage): string {
  if (!CUT.has(fate) && fate !== 'uncut') return '';
  const words = { none: 'no cut', brief: 'a brief cut', outage: 'an outage' };
  return `the plan said ${words[planned]}`;
}

const isSurprise = ({ fate, ms, planned }: Outage): boolean =>
  planned === 'none' && (fate === 'lost' || (CUT.has(fate) && ms > 0));

function surpriseLines(outages: readonly Outage[], paint: Paint): string[] {
  const surprises = outages.filter(isSurprise).length;
  if (surprises === 0) return [];
  const what = surprises === 1 ? 'One of them was' : `${surprises} of them were`;
  return [paint.warn(`${what} cut although the plan said that no session is.`)];
}
