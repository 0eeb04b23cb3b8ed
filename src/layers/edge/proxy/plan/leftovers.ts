import { command, quote } from '../../../../remote/quote.js';
import type { Change, StepContext } from '../../../step.js';
import { OWNER_PATH, PORTS_FOLDER, PROXY_FOLDER, PROXY_USER } from '../paths.js';
import { allProxies } from '../proxies.js';
import type { ReverseProxy } from '../proxy.js';
import type { SeenProxy } from '../read/seen.js';
import { reloadIfRunning } from './apps.js';

export interface Wanted {
  readonly units: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
}

/** Keeps the certificates of edges that are none any more, with their keys. */
const ASIDE = '/var/lib/bridgehead-retired';

/** Stops units of ours that are no longer wanted; `which` ones of them. */
export function planUnitsAway(
  seen: SeenProxy,
  { units }: Wanted,
  which: (unit: string) => boolean = () => true,
): Change[] {
  return seen.present
    .filter((unit) => !units.has(unit) && which(unit))
    .map((unit) => ({
      summary: `stop ${unit}, now and at boot`,
      disruption: { level: 'outage', detail: `stops ${unit}` },
      script: command('systemctl', 'disable', '--quiet', '--now', unit),
      touches: { units: [unit] },
    }));
}

const filesLeft = (seen: SeenProxy, { files }: Wanted): string[] =>
  [...seen.files.keys()].filter((path) => !files.has(path));

/** Removes files of ours that are no longer wanted. */
export function planFilesAway(seen: SeenProxy, wanted: Wanted, proxy: ReverseProxy): Change[] {
  const left = filesLeft(seen, wanted);
  if (left.length === 0) return [];
  return [
    {
      summary: `remove ${left.join(', ')}`,
      disruption: { level: 'none' },
      script: `${command('rm', '-f', ...left)} && systemctl daemon-reload || exit
rmdir ${PORTS_FOLDER}/* ${PORTS_FOLDER} 2>/dev/null
${reloadIfRunning(proxy, [])}`,
      touches: { files: left },
    },
  ];
}

/** Moves the certificates of each proxy to a folder that root alone reads. */
const putAside = allProxies
  .map(
    ({ kind, state }) => `if [ -d ${quote(state)} ]; then
chown -hR root:root ${quote(state)} && mv ${quote(state)} ${ASIDE}/${kind}-"$now" || exit
fi`,
  )
  .join('\n');

/** Removes the proxy of a node that isn't an edge of this inventory any more; another inventory's is left alone. */
export function planRetirement({ inventory, node }: StepContext<unknown>, seen: SeenProxy): Change[] {
  if (seen.files.get(OWNER_PATH)?.content?.trim() !== inventory.name) return [];
  const nothing: Wanted = { units: new Set(), files: new Set() };
  const left = filesLeft(seen, nothing);
  return [
    ...planUnitsAway(seen, nothing),
    {
      summary: `move the certificates to ${ASIDE}: ${node.name} is no longer an edge`,
      disruption: { level: 'none' },
      script: `umask 077
mkdir -p ${ASIDE} || exit
now=$(date +%s)
${putAside}`,
    },
    {
      summary: `remove ${PROXY_FOLDER}, the units and the user ${PROXY_USER}`,
      disruption: { level: 'none' },
      script: `${command('rm', '-f', ...left.filter((path) => !path.startsWith(`${PROXY_FOLDER}/`)))} && systemctl daemon-reload || exit
! id -u ${PROXY_USER} >/dev/null 2>&1 || userdel ${PROXY_USER} || exit
rm -rf ${PROXY_FOLDER}`,
      touches: { files: left },
    },
  ];
}
