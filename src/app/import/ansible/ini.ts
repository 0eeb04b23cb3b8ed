import { isAddress } from '../../../model/address.js';
import type { Found, Place } from '../found.js';
import type { Source } from '../source.js';
import { Groups } from './groups.js';

/** Reads an inventory in Ansible's INI format. */
export function readIni({ file, text }: Source, found: Found): Groups {
  const groups = new Groups();
  let section = 'ungrouped';
  let kind = 'hosts';
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const place = { file, line: index + 1, column: raw.length - raw.trimStart().length + 1 };
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[([^\]:]+)(?::(\w+))?\]\s*([#;].*)?$/.exec(line);
    if (header) {
      section = header[1] ?? '';
      kind = header[2] ?? 'hosts';
      groups.group(section);
      if (!['hosts', 'vars', 'children'].includes(kind)) {
        found.problem(
          place,
          `unknown section [${section}:${kind}]`,
          'write [GROUP], [GROUP:vars] or [GROUP:children]',
        );
      }
    } else if (/^\[[^\]]*(\]\s*)?$/.test(line)) {
      found.problem(place, 'is not a section header', 'write [GROUP], [GROUP:vars] or [GROUP:children]');
    } else if (kind === 'hosts') {
      readHosts(line, place, section, groups, found);
    } else if (kind === 'children') {
      groups.group(section).children.add(line.replace(/\s+#.*/, ''));
    } else if (kind === 'vars') {
      const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (key === undefined) found.problem(place, 'is not a variable', 'write NAME=VALUE');
      else groups.group(section).vars.set(key, { value: unquoted(value ?? ''), at: place });
    }
  }
  return groups;
}

function readHosts(line: string, place: Place, section: string, groups: Groups, found: Found): void {
  const words = shellWords(line);
  const [first, ...rest] = words ?? [];
  if (first === undefined) {
    found.problem(place, 'has an unclosed quote', 'close it');
    return;
  }
  const [, pattern = first, port] =
    /^(\[[^\]]+\]|[^[\]:]*(?:\[[^\]]+\][^[\]:]*)*)(?::(\d+))?$/.exec(first) ?? [];
  const names = expand(pattern);
  if (names === undefined) {
    found.problem(place, `${first} is not a range of hosts`, 'write it as web[01:20] or db-[a:f]');
    return;
  }
  for (const name of names) {
    const vars = groups.host(name, place);
    groups.group(section).hosts.add(name);
    if (port !== undefined) vars.set('ansible_port', { value: port, at: place });
    for (const word of rest) {
      const equals = word.indexOf('=');
      if (equals > 0) vars.set(word.slice(0, equals), { value: word.slice(equals + 1), at: place });
      // Without quoting the word: it may be a password.
      else found.problem(place, `has a word after ${first} that is not a variable`, 'write NAME=VALUE');
    }
  }
}

/** Words as a shell splits them, up to a comment; undefined if a quote isn't closed. */
function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let rest = line;
  for (;;) {
    rest = rest.trimStart();
    if (rest === '' || rest.startsWith('#')) return words;
    const [word = ''] = /^(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/.exec(rest) ?? [];
    const after = rest.slice(word.length);
    if (word === '' || (after !== '' && !/^\s/.test(after))) return undefined;
    words.push(word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, plain));
    rest = after;
  }
}

function plain(_all: string, single?: string, double?: string, escaped?: string): string {
  return single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '';
}

const MOST_HOSTS = 10_000;

/** The hosts of `web[01:20]` and `db-[a:c]`, with a step too; undefined if a range makes no sense. */
function expand(pattern: string): string[] | undefined {
  const [, before = '', range, after = ''] = /^([^[\]]*)\[([^\]]*)\](.*)$/.exec(pattern) ?? [];
  if (range === undefined) return [pattern];
  if (isAddress(range) && before + after === '') return [range];
  const [, from = '', to = '', by = '1'] =
    /^(\d+|[A-Za-z])?:(\d+|[A-Za-z])(?::([1-9]\d*))?$/.exec(range) ?? [];
  const letters = /[A-Za-z]/.test(to);
  const start = letters ? from.charCodeAt(0) : Number(from || 0);
  const end = letters ? to.charCodeAt(0) : Number(to);
  const isEven = letters === /[A-Za-z]/.test(from || '0');
  if (to === '' || !isEven || start > end || (end - start) / Number(by) > MOST_HOSTS) return undefined;
  const rest = expand(after);
  const names: string[] = [];
  for (let n = start; n <= end; n += Number(by)) {
    const middle = letters ? String.fromCharCode(n) : String(n).padStart(from.length, '0');
    names.push(...(rest ?? []).map((tail) => `${before}${middle}${tail}`));
  }
  return rest === undefined || names.length > MOST_HOSTS ? undefined : names;
}

const unquoted = (text: string): string => /^(['"])(.*)\1$/.exec(text)?.[2] ?? text;
