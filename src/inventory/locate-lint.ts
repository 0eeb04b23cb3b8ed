import type { Problem } from '../core/errors.js';
import type { Path, Plain, YamlDocument } from '../document/index.js';
import type { Lint } from '../layers/lint.js';
import { hostRoute } from '../model/address.js';
import { parseAddress, parseRange } from '../model/parse-address.js';
import { parseReach, reachWord } from '../model/reach.js';

/** A lint as a problem of the file: in a list, it points at the entry that is meant. */
export function locate(document: YamlDocument, { path, value, message, fix }: Lint): Problem {
  const written = valueAt(document.value, path);
  const index = Array.isArray(written) && value !== undefined ? indexOf(written, value) : -1;
  return document.problem(index < 0 ? path : [...path, index], message, fix);
}

/** The last entry that means the value: the first of two alike is the one that is right. */
function indexOf(list: readonly Plain[], value: string): number {
  return list.findLastIndex((entry) => {
    if (typeof entry !== 'string') return isForward(entry, value);
    if (entry === value || entry.replace(/^(node|network|site):/, '') === value) return true;
    const parsed = entry.includes('/') ? parseRange(entry) : parseAddress(entry);
    if (parsed.ok) return parsed.text === value || hostRoute(parsed.text) === value;
    const target = parseReach(entry);
    return target.ok && reachWord(target.reach) === value;
  });
}

/** Forwards are meant by `protocol port node`. */
function isForward(entry: Plain, value: string): boolean {
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return false;
  return `${entry['protocol'] ?? 'udp'} ${entry['port']} ${entry['node']}` === value;
}

function valueAt(value: Plain | { readonly [key: string]: Plain }, path: Path): Plain | undefined {
  let at: Plain | undefined = value as Plain;
  for (const part of path) {
    if (at === undefined || at === null || typeof at !== 'object') return undefined;
    at = Array.isArray(at) ? at[Number(part)] : at[part];
  }
  return at;
}
