import { unifiedDiff } from '../../../core/diff.js';
import { groupsOf } from '../../../core/groups.js';
import { command } from '../../../remote/quote.js';
import { installScript } from '../../host/steps/package-script.js';
import { writeFileScript } from '../../shared/atomic-write.js';
import type { Change, Disruption } from '../../step.js';
import { targetText } from '../registry.js';
import type { SeenRelays } from './seen.js';
import { PACKAGES, type Program, UNIT_FOLDER, UNIT_PREFIX } from './units.js';

const NONE: Disruption = { level: 'none' };
const MODE = '644 root root';
/** Seconds that apt may be busy. */
const WAIT = 300;

/** Packages that relays need and the node lacks. */
export function planPackages(wanted: readonly string[], { programs }: SeenRelays): Change[] {
  const names = [...new Set(wanted)].filter((name) => !programs.has(name === 'nftables' ? 'nft' : name));
  if (names.length === 0) return [];
  return [
    {
      summary: `install ${names.join(', ')}`,
      disruption: NONE,
      script: installScript({ names, wait: WAIT }),
    },
  ];
}

export const packagesOf = (programs: readonly Program[]): string[] =>
  programs.flatMap(({ app }) => PACKAGES[app.relay] ?? []);

const unitsIn = (paths: Iterable<string>): string[] =>
  [...paths].filter((path) => path.startsWith(UNIT_FOLDER)).map((path) => path.slice(UNIT_FOLDER.length + 1));

const isActive = (seen: SeenRelays, unit: string): boolean =>
  ['active', 'activating', 'reloading', 'deactivating'].includes(seen.units.get(unit)?.active ?? '');

/** Sockets first: otherwise the next connection would start the program again. */
function stopping(units: readonly string[], seen: SeenRelays): string[] {
  const sorted = units.toSorted((a, b) => Number(b.endsWith('.socket')) - Number(a.endsWith('.socket')));
  const active = sorted.filter((unit) => isActive(seen, unit));
  const failed = units.filter((unit) => seen.units.get(unit)?.active === 'failed');
  return [
    ...(active.length > 0 ? [command('systemctl', 'stop', ...active)] : []),
    ...(failed.length > 0 ? [command('systemctl', 'reset-failed', ...failed)] : []),
  ];
}

/** Removes the relays, and parts of relays, that are no longer wanted. */
export function planRemovals(programs: readonly Program[], seen: SeenRelays): Change[] {
  const wanted = new Set(programs.flatMap(({ files }) => [...files.keys()]));
  const left = [...seen.files.keys()].filter((path) => !wanted.has(path));
  return groupsOf(left, appOf).map((paths): Change => {
    const app = appOf(paths[0] ?? '');
    const units = unitsIn(paths);
    const enabled = units.filter((unit) => seen.units.get(unit)?.enabled === true);
    const isCut = units.some((unit) => unit.endsWith('.service') && isActive(seen, unit));
    const script = [
      ...stopping(units, seen),
      ...(enabled.length > 0 ? [command('systemctl', 'disable', '--quiet', ...enabled)] : []),
      command('rm', '-f', ...paths),
      'systemctl daemon-reload',
    ];
    return {
      summary: `remove ${paths.map((path) => path.slice(path.lastIndexOf('/') + 1)).join(', ')}`,
      disruption: isCut ? { level: 'brief', detail: `connections to app ${app} end` } : NONE,
      script: script.join(' && '),
      touches: { files: paths, units },
    };
  });
}

/** The app of a file of ours. */
function appOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (name.startsWith(UNIT_PREFIX) ? name.slice(UNIT_PREFIX.length) : name).split('.')[0] ?? name;
}

/** What brings the relay of one app about; `[]` if it is as wanted. */
export function planProgram({ app, units, starts, files }: Program, seen: SeenRelays): Change[] {
  const wrong = [...files].filter(([path, text]) => {
    const old = seen.files.get(path);
    return old?.text !== text || old.mode !== MODE;
  });
  const down = starts.filter((unit) => {
    const { active, enabled = false } = seen.units.get(unit) ?? {};
    return active !== 'active' || !enabled;
  });
  if (wrong.length === 0 && down.length === 0) return [];
  const isCut = wrong.length > 0 && units.some((unit) => unit.endsWith('.service') && isActive(seen, unit));
  const diff = wrong
    .map(([path, text]) => unifiedDiff(seen.files.get(path)?.text ?? '', text, path))
    .filter((text) => text !== '')
    .join('\n');
  const script = [
    ...wrong.map(([path, content]) =>
      writeFileScript({ path, content, mode: '0644', owner: 'root', group: 'root' }),
    ),
    ...(wrong.length > 0 ? stopping(units, seen) : []),
    'systemctl daemon-reload',
    command('systemctl', 'enable', '--quiet', ...starts),
    `{ ${command('systemctl', 'start', ...starts)} || { ${command('systemctl', 'status', '--no-pager', ...starts)} >&2; exit 1; }; }`,
  ];
  return [
    {
      summary: `relay port ${app.port} to ${targetText(app)} by ${app.relay}, for app ${app.name}`,
      disruption: isCut ? { level: 'brief', detail: `connections to app ${app.name} end` } : NONE,
      ...(diff !== '' && { diff }),
      script: script.join(' && '),
      touches: { files: [...files.keys()], units },
    },
  ];
}
