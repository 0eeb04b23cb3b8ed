import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Home } from './home.js';

/** As deep as `ssh` itself follows Include. */
const MAX_DEPTH = 16;
const SPACE = '[ \\t\\r]';
const NOTHING = new RegExp(`^${SPACE}*(#|$)`);
/** Keyword and value of a line. */
export const DIRECTIVE = new RegExp(`^${SPACE}*([a-z0-9]+)(?:${SPACE}+=?|=)${SPACE}*(.*?)${SPACE}*$`, 'is');

/** What `~` and relative paths of Include refer to. */
export interface Base {
  readonly home: string;
  readonly folder: string;
}

/**
 * Whether the configuration is the same for every host: that of `file` (as for `-F`, or `none`), else the user's and the
 * system's. If in doubt, and if a file can't be read, the answer is no. A missing file changes nothing, except that the
 * system's may be elsewhere.
 */
export function saysTheSameOfAllHosts(home: Home, file: string | undefined, system = '/etc/ssh'): boolean {
  if (file === 'none') return true;
  // For Include, and only there, ssh prefers $HOME to the passwd entry.
  const tilde = home.env['HOME'] ?? home.passwd;
  const user = { home: tilde, folder: `${tilde}/.ssh` };
  if (file !== undefined) return isFileGeneral(file, user, 0);
  const global = join(system, 'ssh_config');
  return (
    existsSync(global) &&
    isFileGeneral(join(home.passwd, '.ssh/config'), user, 0) &&
    isFileGeneral(global, { home: tilde, folder: system }, 0)
  );
}

function isFileGeneral(file: string, base: Base, depth: number): boolean {
  // A name that isn't UTF-8 was garbled, so another file would be read.
  if (depth > MAX_DEPTH || file.includes('\uFFFD')) return false;
  const text = textOf(file);
  if (text === undefined) return false;
  for (const line of text.split('\n')) {
    if (!isLineGeneral(line, base, depth)) return false;
  }
  return true;
}

function isLineGeneral(line: string, base: Base, depth: number): boolean {
  if (NOTHING.test(line)) return true;
  const [, name, value] = DIRECTIVE.exec(line) ?? [];
  if (name === undefined || value === undefined || value.includes('%')) return false;
  switch (name.toLowerCase()) {
    case 'host':
      return unquote(value) === '*';
    case 'canonicalizehostname':
      return unquote(value) === 'no';
    case 'include':
      return isIncludeGeneral(value, base, depth);
    case 'match':
    case 'hostname':
    // Looked up in the DNS, whatever CanonicalizeHostname says.
    case 'canonicalizepermittedcnames':
    // Ignored for the jump host itself.
    case 'proxyjump':
      return false;
    default:
      return true;
  }
}

function isIncludeGeneral(value: string, base: Base, depth: number): boolean {
  const whole = unquote(value);
  for (const path of whole === value ? value.split(/[ \t]+/) : [whole]) {
    const files = filesOf(path, base);
    if (files === undefined) return false;
    for (const file of files) {
      if (!isFileGeneral(file, base, depth + 1)) return false;
    }
  }
  return true;
}

/** A superset of the files that an Include path matches; undefined if it has more than `*` and `?` in its last part. */
export function filesOf(path: string, base: Base): readonly string[] | undefined {
  if (!/^[^"'\\$[#\0-\x1f]+$/.test(path)) return undefined;
  const anchored = /^[~/]/.test(path) ? path.replace(/^~(?=\/)/, () => base.home) : `${base.folder}/${path}`;
  const folder = dirname(anchored);
  if (anchored.startsWith('~') || /[*?[\\]/.test(folder)) return undefined;
  const pattern = basename(anchored);
  if (!/[*?]/.test(pattern)) return [anchored];
  // In ssh `?` matches a byte, which may be less than a character.
  const shape = new RegExp(`^${pattern.replace(/[.+^{}()|\]]/g, '\\$&').replace(/[*?]+/g, '.*')}$`, 's');
  const names = unlessMissing(() => readdirSync(folder), []);
  return names?.filter((name) => shape.test(name)).map((name) => `${folder}/${name}`);
}

/** Undefined unless it is a regular file: reading a pipe could block forever. */
export function textOf(file: string): string | undefined {
  return unlessMissing(() => (statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined), '');
}

/** The text; `missing` if there is no such file; undefined if it can't be read. */
function unlessMissing<T>(read: () => T, missing: T): T | undefined {
  try {
    return read();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing : undefined;
  }
}

export function unquote(value: string): string {
  return /^"([^"]*)"$/.exec(value)?.[1] ?? value;
}
