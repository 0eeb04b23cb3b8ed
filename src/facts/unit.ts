import type { Question } from '../remote/question.js';
import { command, quote } from '../remote/quote.js';

export interface SeenUnit {
  /** In systemd's terms: `loaded`, `not-found`, `masked`; empty if there is no systemd. */
  readonly loadState: string;
  /** `active`, `inactive`, `failed`, `activating` and the like. */
  readonly activeState: string;
  /** Whether it runs now, reloading included. */
  readonly active: boolean;
  /** `enabled`, `disabled`, `static` and the like. */
  readonly fileState: string;
  /** Seconds since the epoch when it last began to start. */
  readonly startedAt: number | undefined;
  /** Seconds since the epoch by path; files that aren't there are left out. */
  readonly modified: ReadonlyMap<string, number>;
}

const PROPERTIES = ['LoadState', 'ActiveState', 'UnitFileState', 'InactiveExitTimestamp'];
const STAT_MARK = 'file ';

/**
 * POSIX sh: one `systemctl show`, and one `stat` if files are asked for. Times are UTC; systemd older than 247
 * doesn't know `--timestamp` and prints seconds without a fraction.
 */
function readUnit(unit: string, files: readonly string[]): string {
  const flags = PROPERTIES.map((name) => `-p ${name}`).join(' ');
  const stat = `set --
for file in ${command(...files)}; do [ ! -e "$file" ] || set -- "$@" "$file"; done
[ $# = 0 ] || stat -L -c '${STAT_MARK}%.Y %n' "$@"`;
  return `command -v systemctl >/dev/null 2>&1 || exit 0
unit=${quote(unit)}
show() { TZ=UTC systemctl show ${flags} "$@" -- "$unit"; }
said=$(show --timestamp=us+utc) || said=$(show) || exit 1
echo "$said"${files.length > 0 ? `\n${stat}` : ''}`;
}

/** Seconds since the epoch of `Sat 2026-11-21 01:53:00.123456 UTC`. */
function parseTime(text: string): number | undefined {
  const [, day, time, fraction = ''] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)? UTC$/.exec(text) ?? [];
  if (day === undefined) return undefined;
  return Date.parse(`${day}T${time}Z`) / 1000 + Number(`0${fraction}`);
}

/** A machine without systemd answers nothing at all. */
function parseUnit(stdout: string): SeenUnit {
  const lines = stdout.split('\n');
  const property = (name: string): string =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const modified = lines
    .map((line) => new RegExp(`^${STAT_MARK}([0-9.]+) (.*)$`).exec(line))
    .map((match): [string, number] => [match?.[2] ?? '', Number(match?.[1])])
    .filter(([path]) => path !== '');
  const activeState = property('ActiveState');
  return {
    loadState: property('LoadState'),
    activeState,
    active: ['active', 'reloading', 'refreshing'].includes(activeState),
    fileState: property('UnitFileState'),
    startedAt: parseTime(property('InactiveExitTimestamp')),
    modified: new Map(modified),
  };
}

/** The state of a unit, and when `files` were last changed. */
export function unitFact(unit: string, files: readonly string[]): Question<SeenUnit> {
  return { script: readUnit(unit, files), parse: ({ stdout }) => parseUnit(stdout) };
}
