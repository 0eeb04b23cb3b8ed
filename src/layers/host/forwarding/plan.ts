import { unifiedDiff } from '../../../core/diff.js';
import { sha256 } from '../../../core/sha256.js';
import { command } from '../../../remote/quote.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import type { WrittenFile } from '../../shared/write-change.js';
import type { Change, Disruption } from '../../step.js';
import { acceptRaKey, notedAcceptRa } from '../kernel/router-advertisements.js';
import { CLOSE_WITHOUT, closesWithout } from './closed.js';
import { planOwnFile, startUnitScript } from './files.js';
import type { Passage } from './firewalls/passage.js';
import { planDocker, planUfw } from './firewalls/plan.js';
import { planUfwSettings, planUfwSettingsBack } from './firewalls/ufw-sysctl.js';
import { planFollowing } from './followed.js';
import type { SeenForwarding } from './live.js';
import { switchOffScript } from './off/switch-off.js';
import { switchText } from './off/why-forwards.js';
import { FORWARDING_KEYS } from './switches.js';
import { forwardingTable } from './table-name.js';
import {
  DOCKER_UNIT_PATH,
  FORWARDING_UNIT,
  forwardingSysctlPath,
  LOADER_PATH,
  loaderScript,
  rulesetPath,
  UNIT_PATH,
  unitOf,
} from './unit.js';
import { setsAny, WAS_ON } from './was-on.js';

/** What one interface of a node should forward. */
export interface WantedForwarding {
  readonly interface: string;
  /** Text for `nft -f`. */
  readonly ruleset: string;
  /** What its table is for; by default, for what the interface forwards. */
  readonly purpose?: string;
  /** Kernel settings that have to be 1, without those that the kernel doesn't have. */
  readonly keys: readonly string[];
  readonly passages: readonly Passage[];
  /** Bare addresses of clients whose packets are prohibited without the table. */
  readonly closed: readonly string[];
  /** What the table's chain `forward` ends on a node that has forwarded before, as a disruption says it. */
  readonly ends?: string;
}

const NONE: Disruption = { level: 'none' };
/** Accepts router advertisements although the node forwards; otherwise it would lose its own IPv6 address and route. */
function advertisedDevices({ keys, interface: name }: WantedForwarding, seen: SeenForwarding): string[] {
  const path = forwardingSysctlPath(name);
  const noted = notedAcceptRa(seen.files.get(path)?.text ?? '');
  return keys.includes(FORWARDING_KEYS[6]) ? [...new Set([...noted, ...seen.advertisedTo])].sort() : [];
}

/** A loaded table without a file is ours, and its file was deleted: forwarding may be on because of us. */
function wereOn({ keys, interface: name }: WantedForwarding, seen: SeenForwarding): string[] {
  const text = seen.files.get(forwardingSysctlPath(name))?.text;
  if (text !== undefined && !setsAny(text)) return keys.filter((key) => seen.wereOn.includes(key));
  if (text !== undefined) return keys.filter((key) => text.includes(`${WAS_ON}${key} = 1\n`));
  return seen.tables.get(name)?.live === undefined ? keys.filter((key) => seen.wereOn.includes(key)) : [];
}

function sysctlText(wanted: WantedForwarding, seen: SeenForwarding): string {
  return [
    OVERWRITTEN,
    ...advertisedDevices(wanted, seen).map((device) => `${acceptRaKey(device)} = 2`),
    ...wereOn(wanted, seen).map((key) => `${WAS_ON}${key} = 1`),
    ...wanted.keys.map((key) => `${key} = 1`),
    '',
  ].join('\n');
}

/** Why the table has to be loaded; empty if the current one was loaded from exactly this file. */
function whyLoad(wanted: WantedForwarding, seen: SeenForwarding): string[] {
  const name = wanted.interface;
  const { live, loaded } = seen.tables.get(name) ?? {};
  const unit = seen.units.get(unitOf(name));
  const off = wanted.keys.filter((key) => seen.sysctls.has(key) && seen.sysctls.get(key) !== '1');
  const [sum = '', ...noted] = (loaded ?? '').split('\n');
  const changed = live !== undefined && noted.join('\n') !== live;
  const open = wanted.closed.filter((source) => !seen.closed.has(`${name} ${source}`));
  const deaf = advertisedDevices(wanted, seen).filter((device) => seen.acceptRa.get(device) === '1');
  return [
    ...deaf.map((device) => `${device} would lose its IPv6 route: accept_ra is 1`),
    ...off.map((key) => `${key} is ${seen.sysctls.get(key)}`),
    ...(live === undefined ? ['the table is missing'] : []),
    ...(open.length > 0 ? [`without it ${open.join(', ')} would be let through`] : []),
    ...(changed ? ['the live table is not the one that was loaded'] : []),
    ...(live !== undefined && !changed && !sum.startsWith(sha256(wanted.ruleset))
      ? ['its file is newer']
      : []),
    ...(unit?.enabled === true ? [] : ['it is not loaded at boot']),
    ...(unit?.active === true ? [] : ['its unit has not run']),
  ];
}

/** Whether the node forwarded before, by somebody else's will, and our table drops some of that from now on. */
const endsForwarding = (wanted: WantedForwarding, seen: SeenForwarding): boolean =>
  seen.tables.get(wanted.interface)?.live?.includes('\tchain forward {') !== true &&
  wereOn(wanted, seen).length > 0;

function planLoad(wanted: WantedForwarding, seen: SeenForwarding): Change[] {
  const why = whyLoad(wanted, seen);
  if (why.length === 0) return [];
  const name = wanted.interface;
  const { live, loaded } = seen.tables.get(name) ?? {};
  const noted = loaded?.slice(loaded.indexOf('\n') + 1);
  const diff = live && noted ? unifiedDiff(live, noted, `nft list table inet ${forwardingTable(name)}`) : '';
  return [
    {
      summary: `load table inet ${forwardingTable(name)}: ${why.join('; ')}`,
      disruption:
        wanted.ends !== undefined && endsForwarding(wanted, seen)
          ? { level: 'outage', detail: wanted.ends }
          : NONE,
      ...(diff === '' ? {} : { diff }),
      script: `command -v nft >/dev/null 2>&1 || { echo 'nft is not installed' >&2; exit 1; }\n${startUnitScript(unitOf(name))}`,
    },
  ];
}

const LOADER: WrittenFile = {
  path: LOADER_PATH,
  content: loaderScript(forwardingTable('')),
  purpose: 'loads the table of an interface, at boot and when it changes',
};
const UNIT: WrittenFile = {
  path: UNIT_PATH,
  content: FORWARDING_UNIT,
  purpose: 'runs load-forwarding at boot, before the network is up',
};
const rulesetFile = ({ interface: name, ruleset, purpose }: WantedForwarding): WrittenFile => ({
  path: rulesetPath(name),
  content: ruleset,
  purpose: purpose ?? `the nftables table that decides what ${name} forwards`,
});

/** The files that all interfaces share, if neither ours nor another inventory's need them any more. */
export function planShared(seen: SeenForwarding): Change[] {
  if (seen.others.length > 0) return [];
  const own = [LOADER_PATH, UNIT_PATH, DOCKER_UNIT_PATH].filter((path) => seen.files.has(path));
  const left = [...own, ...seen.dropIns.keys()];
  const back = planUfwSettingsBack(seen.ufwSettings);
  if (left.length === 0) return back;
  const script = `${command('rm', '-f', ...left)} && systemctl daemon-reload`;
  return [...back, { summary: `remove ${left.join(', ')}`, disruption: NONE, script }];
}

/** Turns forwarding off where the table stays, and forwards nothing any more; before that, as it also drops what isn't wanted. */
function planSwitchOff({ interface: name, keys }: WantedForwarding, seen: SeenForwarding): Change[] {
  const text = seen.files.get(forwardingSysctlPath(name))?.text ?? '';
  if (keys.length > 0 || !setsAny(text)) return [];
  return [
    {
      summary: `stop forwarding for ${name}, and ${switchText(seen.staysOn.get(name))}`,
      disruption: { level: 'brief', detail: 'connections through this node end' },
      script: `{ ${switchOffScript(name)}\n}`,
    },
  ];
}

/** The changes that make the node forward exactly what is wanted; `[]` if it does. */
export function planForwarding(wanted: readonly WantedForwarding[], seen: SeenForwarding): Change[] {
  if (wanted.length === 0) return [];
  return [
    ...planOwnFile(LOADER, seen),
    ...planOwnFile(UNIT, seen),
    ...planFollowing(seen.dropIns, LOADER_PATH),
    ...planUfwSettings([...new Set(wanted.flatMap(({ keys }) => keys))], seen.ufwSettings),
    ...wanted.flatMap((one) => [
      ...planSwitchOff(one, seen),
      ...planOwnFile(rulesetFile(one), seen),
      ...planOwnFile({ path: forwardingSysctlPath(one.interface), content: sysctlText(one, seen) }, seen),
      ...planLoad(one, seen),
      ...planUfw(one.interface, one.passages, seen),
      ...planDocker(one.interface, one.passages, seen),
    ]),
  ];
}

/** Removes what is left on a node that no longer forwards, and turns forwarding off if nothing else needs it. */
export function planNothing(names: readonly string[], seen: SeenForwarding): Change[] {
  return names.flatMap((name) => planRemoval(name, seen));
}

function planRemoval(name: string, seen: SeenForwarding): Change[] {
  const paths = [rulesetPath(name), forwardingSysctlPath(name)].filter((path) => seen.files.has(path));
  const { enabled, active } = seen.units.get(unitOf(name)) ?? { enabled: false, active: false };
  const live = seen.tables.get(name)?.live !== undefined;
  const closes = closesWithout(seen.files.get(rulesetPath(name))?.text ?? '');
  // The kernel switch first: without the table, forwarded packets would be unfiltered.
  const work = [
    ...(seen.files.has(forwardingSysctlPath(name)) ? [`{ ${switchOffScript(name)}\n}`] : []),
    ...(enabled || active ? [command('systemctl', 'disable', '--now', '--quiet', unitOf(name))] : []),
    ...(live ? [command('nft', 'delete', 'table', 'inet', forwardingTable(name))] : []),
    ...(paths.length > 0 ? [command('rm', '-f', ...paths)] : []),
  ];
  return [
    ...(work.length === 0
      ? []
      : [
          {
            summary: `stop forwarding for ${name}, and ${switchText(seen.staysOn.get(name))}`,
            disruption: { level: 'brief', detail: 'connections through this node end' } as const,
            script: closes
              ? `${CLOSE_WITHOUT}${[command('close_without', name, ''), ...work].join(' && ')}`
              : work.join(' && '),
          },
        ]),
    ...planUfw(name, [], seen),
    ...planDocker(name, [], seen),
  ];
}
