import { DIRECTIVE, unquote } from './scope.js';

export interface ConfigText {
  readonly file: string;
  readonly text: string;
}

export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  /** Without quotes and comment. */
  readonly value: string;
  /** As it is in the file. */
  readonly written: string;
  /** Where it is, from 1. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number };
}

/** A `Host` or `Match` line and what follows it. `patterns` is undefined for a Match, which depends on more than the host. */
export interface Block {
  readonly patterns: readonly string[] | undefined;
  readonly lines: readonly ConfigLine[];
}

/** The files that an Include line means. */
export type Includes = (written: string) => readonly ConfigText[];

/** Services that speak SSH and aren't machines. */
const SERVICE = /^(.*\.)?(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|ssh\.dev\.azure\.com)$/i;

/** The blocks of an ssh_config in the order in which ssh reads them. Without `includes`, an Include is a line like any other. */
export function blocksOf(source: ConfigText, includes?: Includes): Block[] {
  const blocks: Block[] = [];
  collect(source, { blocks, includes, patterns: ['*'], read: new Set() });
  return blocks;
}

interface Collecting {
  readonly blocks: Block[];
  readonly includes: Includes | undefined;
  /** Of the block that the file is included in. */
  readonly patterns: Block['patterns'];
  /** Files may include each other. */
  readonly read: Set<string>;
}

function collect({ file, text }: ConfigText, { blocks, includes, patterns, read }: Collecting): void {
  read.add(file);
  const open = (meant: Block['patterns'], ...lines: ConfigLine[]) => {
    blocks.push({ patterns: meant, lines });
    return { patterns: meant, lines };
  };
  let current = open(patterns);
  for (const line of linesOf(file, text)) {
    if (line.keyword === 'host' || line.keyword === 'match') {
      current = open(patternsOf(line), line);
    } else if (line.keyword === 'include' && includes !== undefined) {
      for (const inner of includes(line.written).filter((one) => !read.has(one.file))) {
        collect(inner, { blocks, includes, patterns: current.patterns, read });
      }
      current = open(current.patterns);
    } else {
      current.lines.push(line);
    }
  }
}

function linesOf(file: string, text: string): ConfigLine[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const [, word, written = ''] = /^\s*(#|$)/.test(raw) ? [] : (DIRECTIVE.exec(raw) ?? []);
    if (word === undefined) return [];
    const at = { file, line: index + 1, column: raw.length - raw.trimStart().length + 1 };
    const value = unquote(written.replace(/\s+#[^"]*$/, ''));
    return [{ keyword: word.toLowerCase(), value, written, at }];
  });
}

function patternsOf({ keyword, written }: ConfigLine): Block['patterns'] {
  if (keyword === 'match') return /^all$/i.test(written) ? ['*'] : undefined;
  return written
    .replace(/\s+#.*/, '')
    .split(/\s+/)
    .map(unquote);
}

/** The hosts that are named one by one, each once, with the line that names it. */
export function namedHosts(
  blocks: readonly Block[],
): { readonly name: string; readonly at: ConfigLine['at'] }[] {
  const named = new Map<string, ConfigLine['at']>();
  for (const { patterns = [], lines } of blocks) {
    const [head] = lines;
    if (head?.keyword !== 'host') continue;
    const names = patterns.filter((one) => /^[^*?!]+$/.test(one) && !named.has(one));
    for (const name of names) named.set(name, head.at);
  }
  return [...named].map(([name, at]) => ({ name, at }));
}

/** The first value of each keyword in the blocks that match a host. */
export function settingsOf(name: string, blocks: readonly Block[]): Map<string, ConfigLine> {
  const settings = new Map<string, ConfigLine>();
  for (const { patterns, lines } of blocks) {
    if (patterns === undefined || !means(patterns, name)) continue;
    for (const line of lines) if (!settings.has(line.keyword)) settings.set(line.keyword, line);
  }
  return settings;
}

function means(patterns: readonly string[], name: string): boolean {
  const fits = (pattern: string): boolean => {
    const text = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${text}$`, 'i').test(name);
  };
  const refused = patterns.some((one) => one.startsWith('!') && fits(one.slice(1)));
  return !refused && patterns.some((one) => !one.startsWith('!') && fits(one));
}

/** Whether a host is a Git service. */
export function isService(name: string, settings: ReadonlyMap<string, ConfigLine>): boolean {
  return settings.get('user')?.value === 'git' || SERVICE.test(hostNameOf(name, settings));
}

/** What a host's name stands for. */
export function hostNameOf(name: string, settings: ReadonlyMap<string, ConfigLine>): string {
  const written = settings.get('hostname')?.value ?? name;
  return written.replaceAll('%h', name).replaceAll('%%', '%');
}
