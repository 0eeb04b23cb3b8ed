import {
  type BootSettings,
  FOLDERS,
  LINKED,
  type Line,
  UFW_DEFAULTS,
  UFW_SETTINGS,
  UFW_SWITCH,
} from './boot-settings.js';
import { normalizeValue, sysctlPath } from './sysctl-keys.js';

/** What a file sets, and where. */
export interface BootValue {
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

interface Assignment extends BootValue {
  /** Path below /proc/sys; may hold wildcards. */
  readonly path: string;
  /** Paths that its wildcards leave out, since other lines name them. */
  readonly but?: ReadonlySet<string>;
}

/** A line `-key`: wildcards leave the key as it is. */
interface Exception {
  readonly path: string;
}

type Option = Assignment | Exception;

const isAssignment = (option: Option): option is Assignment => 'value' in option;

function optionsOf(file: string, lines: readonly Line[]): Option[] {
  return lines.flatMap(({ number, text }) => {
    const [, minus, key = '', , value] = /^(-?)\s*([^=]*?)\s*(=\s*(.*))?$/.exec(text) ?? [];
    const path = sysctlPath(key).replace(/^\/+/, '');
    if (path === '') return [];
    if (value !== undefined) return [{ path, value: normalizeValue(value), file, line: number }];
    return minus === '-' ? [{ path }] : [];
  });
}

const isGlob = (path: string): boolean => /[*?[]/.test(path);

function matches(glob: string, path: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  try {
    return new RegExp(`^${pattern.replaceAll('[!', '[^')}$`).test(path);
  } catch {
    return false;
  }
}

/** Other paths that write the same value, or write it along with others. */
function writersOf(path: string): readonly string[] {
  const [, family, device, name] = /^net\/(ipv[46])\/conf\/(.+)\/([^/]+)$/.exec(path) ?? [];
  if (path === 'net/ipv4/ip_forward' || path === 'net/ipv4/conf/all/forwarding')
    return ['net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding'];
  if (name === 'forwarding' && family === 'ipv4')
    return [path, 'net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding'];
  const spreads = name === 'forwarding' || name === 'disable_ipv6';
  return family === 'ipv6' && spreads && device !== 'all' ? [path, `net/ipv6/conf/all/${name}`] : [path];
}

/** Assignments in the order in which systemd-sysctl makes them, and UFW after it. */
function inOrder({ files }: BootSettings): Assignment[] {
  const byName = new Map<string, string>();
  for (const folder of [...FOLDERS].reverse()) {
    for (const file of files.keys()) {
      if (file.startsWith(`${folder}/`)) byName.set(file.slice(folder.length + 1), file);
    }
  }
  const options = new Map<string, Option>();
  for (const name of [...byName.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const file = byName.get(name) ?? '';
    for (const option of optionsOf(file, files.get(file) ?? [])) {
      const known = options.get(option.path);
      // The same value again keeps its place; another one is made last.
      if (known && isAssignment(known) && isAssignment(option) && known.value === option.value) continue;
      options.delete(option.path);
      options.set(option.path, option);
    }
  }
  const but = new Set([...options.keys()].filter((path) => !isGlob(path)));
  const made = [...options.values()].filter(isAssignment);
  return [...made.map((option) => ({ ...option, but })), ...ofUfw(files)];
}

function ofUfw(files: BootSettings['files']): Assignment[] {
  const says = (file: string, pattern: RegExp): boolean =>
    (files.get(file) ?? []).some(({ text }) => pattern.test(text));
  if (!says(UFW_SWITCH, /^ENABLED=["']?yes/i)) return [];
  const own = (files.get(UFW_DEFAULTS) ?? []).map(({ text }) => /^IPT_SYSCTL=["']?([^"']*)/.exec(text)?.[1]);
  const named = own.findLast((value) => value !== undefined) ?? UFW_SETTINGS;
  const path = named === LINKED.target ? LINKED.link : named;
  return optionsOf(path, files.get(path) ?? []).filter(isAssignment);
}

/**
 * The value that a key has after the next boot, as far as files set it, and the line that decides; undefined if no file sets
 * it. By systemd-sysctl's order (sysctl.d(5)): names sorted across folders, the last assignment of a key wins, one that
 * names the key wins over a wildcard. UFW sets its own whenever it starts or reloads.
 */
export function atBoot(settings: BootSettings, key: string): BootValue | undefined {
  const writers = writersOf(sysctlPath(key));
  let last: BootValue | undefined;
  for (const { path, value, file, line, but } of inOrder(settings)) {
    const writes = isGlob(path)
      ? writers.some((writer) => matches(path, writer) && but?.has(writer) !== true)
      : writers.includes(path);
    if (writes) last = { value, file, line };
  }
  return last;
}

/** `/etc/sysctl.d/zz-local.conf, line 3`; with the target of a link of Debian. */
export function placeOf({ file, line }: BootValue): string {
  return file === LINKED.link ? `${LINKED.target} (as ${file}), line ${line}` : `${file}, line ${line}`;
}

/** What wins over a wanted value at the next boot, as a sentence and its fix; undefined if the wanted value stays. */
export function overruledAtBoot(
  settings: BootSettings,
  key: string,
  value: string | number,
): { readonly seen: string; readonly fix: string } | undefined {
  const wins = atBoot(settings, key);
  const wanted = normalizeValue(value);
  if (wins === undefined || wins.value === wanted) return undefined;
  const place = placeOf(wins);
  const when = wins.file === UFW_SETTINGS ? 'whenever UFW starts or reloads' : 'at the next boot';
  return {
    seen: `${place} sets ${key} = ${wins.value} ${when}`,
    fix: `remove that line from ${place.replace(/, line \d+$/, '')}, or change it to ${key} = ${wanted}`,
  };
}
