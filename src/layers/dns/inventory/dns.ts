import { isIP } from 'node:net';
import { type Path, show, suggest } from '../../../document/index.js';
import { parseAddress } from '../../../model/parse-address.js';
import type { OneOrMore, RawDns } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import { parseRecordName, parseZone } from './names.js';
import type { Dns, Inside, OwnRecord, Target } from './types.js';

/** Words that `dns.apps` has in place of nodes. */
export const INSIDE_WORDS: ReadonlyMap<string, string> = new Map([
  ['nearest', 'in `dns.apps` it means the edge that is nearest to whoever asks'],
  ['public', 'in `dns.apps` it means what the internet is answered'],
]);

/** `dns:`, with all that was left out filled in; undefined without it, or without a zone. */
export function resolveDns(work: Resolution): Dns | undefined {
  const { dns: raw } = work.raw;
  if (raw === undefined) return undefined;
  const zones = resolveZones(work, raw);
  const dns: Dns = {
    zones,
    serve: resolveServe(work, raw),
    resolver: raw.resolver ?? 'dnsmasq',
    upstream: work.parseAll(['dns', 'upstream'], raw.upstream, parseAddress),
    nodes: raw.nodes ?? true,
    inside: raw.inside ?? 'nearest',
    apps: resolveApps(work, raw),
    records: resolveRecords(work, raw, zones),
  };
  return zones.length > 0 ? dns : undefined;
}

interface Entry {
  readonly at: Path;
  readonly text: string;
}

/** The texts of a value with their paths. */
function entries(path: Path, written: OneOrMore | undefined): Entry[] {
  if (written === undefined) return [];
  if (typeof written === 'string') return [{ at: path, text: written }];
  return written.flatMap((text, i) => (text === null ? [] : [{ at: [...path, i], text }]));
}

/** Reports what is there twice. */
function once(work: Resolution, what: string, all: readonly Entry[]): string[] {
  const repeated = (entry: Entry, i: number): boolean => all.findIndex(({ text }) => text === entry.text) < i;
  for (const { at, text } of all.filter(repeated)) {
    work.report(at, `duplicate ${what} ${text}`, 'keep one of them');
  }
  return [...new Set(all.map(({ text }) => text))];
}

function resolveZones(work: Resolution, { zone }: RawDns): string[] {
  const parsed = entries(['dns', 'zone'], zone).flatMap(({ at, text }): Entry[] => {
    const name = work.parse(at, text, parseZone);
    return name === undefined ? [] : [{ at, text: name }];
  });
  return once(work, 'zone', parsed);
}

function resolveServe(work: Resolution, { serve }: RawDns): string[] {
  const known = entries(['dns', 'serve'], serve).filter(({ at, text }) => work.refer(at, text, 'node'));
  return once(work, 'node', known);
}

function resolveApps(work: Resolution, { apps }: RawDns): Record<string, Inside> {
  const known = Object.keys(work.raw.apps ?? {});
  const resolved = Object.entries(apps ?? {}).flatMap(([name, written]): [string, Inside][] => {
    const path = ['dns', 'apps', name];
    if (!known.includes(name) && work.isSound(['apps'])) {
      const fix = suggest(name, known, 'the inventory has no apps; names of your own are in dns.records');
      work.report(path, `must name an app; got ${show(name)}`, fix, 'key');
    }
    if (written === 'nearest' || written === 'public') return [[name, written]];
    return [[name, targetsOf(work, path, written, ['nearest', 'public'])]];
  });
  return Object.fromEntries(resolved);
}

function resolveRecords(work: Resolution, { records }: RawDns, zones: readonly string[]): OwnRecord[] {
  return Object.entries(records ?? {}).flatMap(([key, written]): OwnRecord[] => {
    const path = ['dns', 'records', key];
    const targets = targetsOf(work, path, written, []);
    if (zones.length === 0) return [];
    const parsed = parseRecordName(key, zones);
    if (parsed.ok) return [{ key, name: parsed.text, targets }];
    work.report(path, `${show(key)} ${parsed.message}`, parsed.fix, 'key');
    return [];
  });
}

function targetsOf(
  work: Resolution,
  path: Path,
  written: OneOrMore | undefined,
  words: readonly string[],
): Target[] {
  return entries(path, written).flatMap(({ at, text }): Target[] => {
    if (isIP(text) !== 0 || /[:/]|^[\d.]+$/.test(text)) {
      const address = work.parse(at, text, parseAddress);
      return address === undefined ? [] : [{ address }];
    }
    const nodes = Object.keys(work.raw.nodes ?? {});
    if (nodes.includes(text)) return [{ node: text }];
    if (work.isSound(['nodes'])) {
      const what =
        words.length > 0 ? `be ${words.join(', ')}, a node or an address` : 'be a node or an address';
      work.report(at, `must ${what}; got ${show(text)}`, suggest(text, [...words, ...nodes]));
    }
    return [];
  });
}
