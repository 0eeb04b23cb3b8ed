import { DIRECTIVE, unquote } from '../../ssh/config/scope.js';
import type { Found, Machine, Place } from './found.js';
import { loginOf, type Written } from './login.js';
import type { Source } from './source.js';

interface Line {
  readonly key: string;
  readonly value: string;
  readonly at: Place;
}

/** The lines below a `Host` line; `undefined` for a Match, which depends on more than the host. */
interface Block {
  readonly patterns: readonly string[] | undefined;
  readonly lines: Line[];
}

/** Services that speak SSH and aren't machines. */
const SERVICE = /^(.*\.)?(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|ssh\.dev\.azure\.com)$/i;

/** Reads the hosts that an ssh_config names without patterns; patterns add settings to them, as in ssh. */
export function readSshConfig({ file, text }: Source, found: Found): void {
  const blocks = blocksOf(file, text, found);
  const seen = new Set<string>();
  for (const { patterns = [], lines } of blocks) {
    const names = patterns.filter((one) => /^[^*?!]+$/.test(one) && !seen.has(one));
    for (const name of names) {
      seen.add(name);
      const at = (lines[0] ?? { at: { file } }).at;
      const machine = toMachine(name, at, settingsOf(name, blocks), found);
      if (machine) found.machines.push(machine);
    }
  }
  if (seen.size === 0) {
    found.problem({ file }, 'names no host', 'hosts are taken from "Host NAME" lines without patterns');
  }
}

function blocksOf(file: string, text: string, found: Found): Block[] {
  const blocks: Block[] = [{ patterns: ['*'], lines: [] }];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const [, word, written = ''] = /^\s*(#|$)/.test(raw) ? [] : (DIRECTIVE.exec(raw) ?? []);
    if (word === undefined) continue;
    const at = { file, line: index + 1, column: raw.length - raw.trimStart().length + 1 };
    const line = { key: word.toLowerCase(), value: unquote(withoutComment(written)), at };
    if (line.key === 'host') {
      const patterns = written
        .replace(/\s+#.*/, '')
        .split(/\s+/)
        .map(unquote);
      blocks.push({ patterns, lines: [line] });
    } else if (line.key === 'match') {
      blocks.push({ patterns: /^all$/i.test(written) ? ['*'] : undefined, lines: [line] });
      if (!/^all$/i.test(written))
        found.note(at, 'a Match block was not read', 'check what it sets for the hosts');
    } else if (line.key === 'include') {
      found.note(at, `Include ${written} was not followed`, 'import that file as well to get its hosts');
    } else {
      blocks.at(-1)?.lines.push(line);
    }
  }
  return blocks;
}

const withoutComment = (value: string): string => value.replace(/\s+#[^"]*$/, '');

/** The first value of each keyword in the blocks that match a host. */
function settingsOf(name: string, blocks: readonly Block[]): Map<string, Line> {
  const settings = new Map<string, Line>();
  for (const { patterns, lines } of blocks) {
    if (patterns === undefined || !means(patterns, name)) continue;
    for (const line of lines) if (!settings.has(line.key)) settings.set(line.key, line);
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

function toMachine(name: string, at: Place, settings: Map<string, Line>, found: Found): Machine | undefined {
  const get = (key: string): Written | undefined => {
    const line = settings.get(key);
    return line && line.value !== 'none' ? { text: line.value, at: line.at } : undefined;
  };
  const written = get('hostname') ?? { text: name, at };
  const host = { ...written, text: written.text.replaceAll('%h', name).replaceAll('%%', '%') };
  if (get('user')?.text === 'git' || SERVICE.test(host.text)) {
    found.note(at, `${name} is a Git service, not a machine, and was left out`);
    return undefined;
  }
  const proxy = get('proxycommand');
  if (proxy) found.note(proxy.at, `the ProxyCommand of ${name} was not read`, 'write a jump host instead');
  const identity = get('identityfile');
  const login = {
    host,
    port: get('port'),
    user: get('user'),
    key: identity && { ...identity, text: identity.text.replace(/^%d(?=\/)/, '~') },
    jump: get('proxyjump'),
  };
  return { name, at, ...loginOf(name, login, found) };
}
