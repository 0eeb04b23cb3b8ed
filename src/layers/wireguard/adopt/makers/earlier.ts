import { posix } from 'node:path';
import { KEEPS_AWAY } from '../../ownership/keeps-away.js';
import type { Untaken } from './takeover.js';

/** A `.network` file of networkd, and the lines that it has under `[Match]`. */
export interface NetworkFile {
  readonly path: string;
  /** `Name=eth* en*`, as written. */
  readonly match: readonly string[];
}

/** What a tunnel never has: a file that asks for it is about other interfaces. */
const OF_HARDWARE = new Set(['MACAddress', 'PermanentMACAddress', 'Path']);

/** A pattern of fnmatch(3) as a regular expression. */
function pattern(glob: string): RegExp {
  const source = glob.replace(/\[(!?)([^\]]+)\]|[^\w]/g, (part, not, set) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`;
    return part === '*' ? '.*' : part === '?' ? '.' : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

/** Whether an interface has what a list of patterns asks for; `!` in front of the list is its opposite. */
function matches(list: string, value: string): boolean {
  const isOpposite = list.startsWith('!');
  const globs = list.slice(isOpposite ? 1 : 0).split(/\s+/);
  return globs.some((glob) => pattern(glob).test(value)) !== isOpposite;
}

/** Whether networkd may take a file for a tunnel; conditions that aren't understood count as met. */
function mayMatch(interfaceName: string, { match }: NetworkFile): boolean {
  const settings = match.map((line) => {
    const [key = '', ...value] = line.split('=');
    return { key: key.trim(), value: value.join('=').trim() };
  });
  const listOf = (wanted: string): string =>
    settings
      .filter(({ key }) => key === wanted)
      .map(({ value }) => value)
      .join(' ')
      .trim();
  const meets = (key: string, value: string): boolean => listOf(key) === '' || matches(listOf(key), value);
  const isOfHardware = settings.some(
    ({ key, value }) => OF_HARDWARE.has(key) && value !== '' && !value.startsWith('!'),
  );
  return (
    !isOfHardware && meets('Name', interfaceName) && meets('Type', 'wireguard') && meets('Kind', 'wireguard')
  );
}

/** networkd takes the first file that matches: one that sorts before ours would have the interface made by it again. */
export function earlierFiles(
  interfaceName: string,
  networks: readonly NetworkFile[],
  own: readonly string[],
): readonly Untaken[] {
  const ours = posix.basename(KEEPS_AWAY.networkd(interfaceName));
  return networks
    .filter(({ path }) => posix.basename(path) < ours && !own.includes(path))
    .filter((file) => mayMatch(interfaceName, file))
    .map(({ path }) => ({ file: path, line: 0, setting: '', why: 'earlier' }));
}
