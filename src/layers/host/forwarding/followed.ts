import { command } from '../../../remote/quote.js';
import { writeFileScript } from '../../shared/atomic-write.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import type { Change } from '../../step.js';

/** What the unit does that can remove our rules or settings. */
type Act = 'start' | 'stop' | 'reload';

/** Units whose starting, stopping or reloading can empty our table, Docker's chains, or turn forwarding off. */
export const WIPERS: Readonly<Record<string, readonly Act[]>> = {
  'nftables.service': ['start', 'stop', 'reload'],
  'netfilter-persistent.service': ['start', 'stop'],
  'firewalld.service': ['start', 'stop', 'reload'],
  'ufw.service': ['start', 'stop'],
  'docker.service': ['start'],
};

const SETTING: Readonly<Record<Act, string>> = {
  start: 'ExecStartPost',
  stop: 'ExecStopPost',
  reload: 'ExecReload',
};

export const dropInPath = (unit: string, file = '50-bridgehead.conf'): string =>
  `/etc/systemd/system/${unit}.d/${file}`;

/** Units that aren't installed yet are followed from their first start on. */
export const DROP_IN_PATHS: readonly string[] = Object.keys(WIPERS).map((unit) => dropInPath(unit));

/**
 * In the unit itself, so that its job ends only when our rules are back. A unit of ours that is wanted by it would not
 * see its stop, nor its start as long as ours counts as active.
 */
export function dropIn(acts: readonly Act[], loader: string): string {
  return [
    OVERWRITTEN,
    '[Service]',
    ...acts.map((act) => `${SETTING[act]}=-/usr/bin/timeout 30 /bin/sh ${loader}`),
    '',
  ].join('\n');
}

/** sh that prints all drop-ins with one exec for all, and without any exec if there are none. */
export const READ_DROP_INS = `if ${DROP_IN_PATHS.map((path) => command('[', '-e', path, ']')).join(' || ')}; then
${command('grep', '-s', '', ...DROP_IN_PATHS, '/dev/null')}
fi`;

/** Texts by path, as {@link READ_DROP_INS} prints them. */
export function parseDropIns(text: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const line of text.split('\n')) {
    const path = DROP_IN_PATHS.find((one) => line.startsWith(`${one}:`));
    if (path !== undefined) files.set(path, `${files.get(path) ?? ''}${line.slice(path.length + 1)}\n`);
  }
  return files;
}

/** Makes units load our rules again whenever they may have removed them; `[]` if that is already set up. */
export function planFollowing(seen: ReadonlyMap<string, string>, loader: string): Change[] {
  const missing = Object.entries(WIPERS).filter(
    ([unit, acts]) => seen.get(dropInPath(unit)) !== dropIn(acts, loader),
  );
  if (missing.length === 0) return [];
  const writes = missing.map(([unit, acts]) =>
    writeFileScript({
      path: dropInPath(unit),
      content: dropIn(acts, loader),
      mode: '0644',
      owner: 'root',
      group: 'root',
    }),
  );
  const names = missing.map(([unit]) => unit.replace(/\.service$/, ''));
  return [
    {
      summary: `reload the forwarding rules whenever ${names.join(', ')} may have wiped them`,
      disruption: { level: 'none' },
      script: [...writes, 'systemctl daemon-reload'].join(' && '),
    },
  ];
}
