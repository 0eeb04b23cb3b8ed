import type { Path, Plain, YamlDocument } from '../../document/index.js';
import type { Place } from './found.js';

/** The value at a path. */
export function field(value: Plain | undefined, path: Path): Plain | undefined {
  let found: Plain | undefined = value;
  for (const part of path) {
    if (found === undefined || found === null || typeof found !== 'object') return undefined;
    found = Array.isArray(found) ? found[Number(part)] : found[String(part)];
  }
  return found;
}

/** The position of the value at a path, or of the nearest value above it. */
export function at(document: YamlDocument<Plain>, path: Path): Place {
  const { file, line, column } = document.problem(path, '', undefined, 'key');
  return { file, line, column };
}

/** The entries of a mapping; none of anything else. */
export function entriesOf(value: Plain | undefined): [string, Plain][] {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
}
