import { createHash } from 'node:crypto';
import type { Passage } from '../network/index.js';
import { command, quote } from '../remote/quote.js';
import { writeFileScript } from './atomic-write.js';
import { unifiedDiff } from './diff.js';
import { dockerRules, ruleMark, ufwLines, ufwRules } from './forwarding-firewalls.js';
import type { SeenForwarding } from './forwarding-live.js';
import { forwardingTable } from './forwarding-table.js';
import {
  DOCKER_UNIT,
  DOCKER_UNIT_PATH,
  dockerScript,
  dockerScriptPath,
  dockerUnitOf,
  FORWARDING_UNIT,
  forwardingSysctlPath,
  LOADER_PATH,
  loaderScript,
  rulesetPath,
  UNIT_PATH,
  unitOf,
} from './forwarding-unit.js';
import type { Change, Disruption } from './types.js';

/** What one interface of a node is to pass on. */
export interface WantedForwarding {
  readonly interface: string;
  /** Text for `nft -f`. */
  readonly ruleset: string;
  /** Kernel settings that have to be 1; those that the kernel doesn't have are left out. */
  readonly keys: readonly string[];
  readonly passages: readonly Passage[];
}

const NONE: Disruption = { level: 'none' };
const MODE = '644 root root';
const DOCKER_TOOLS = [
  [4, 'iptables'],
  [6, 'ip6tables'],
] as const;

function planFile(path: string, content: string, seen: SeenForwarding): Change[] {
  const old = seen.files.get(path);
  if (old?.text === content && old.mode === MODE) return [];
  const diff = unifiedDiff(old?.text ?? '', content, path);
  return [
    {
      summary: `write ${path}`,
      disruption: NONE,
      ...(diff === '' ? {} : { diff }),
      script: writeFileScript({ path, content, mode: '0644', owner: 'root', group: 'root' }),
    },
  ];
}

/** Takes in router advertisements though the node forwards: it would lose its own IPv6 address and route otherwise. */
function sysctlText({ keys, interface: name }: WantedForwarding, seen: SeenForwarding): string {
  const path = forwardingSysctlPath(name);
  const kept = [...(seen.files.get(path)?.text ?? '').matchAll(/^net\.ipv6\.conf\.(\S+)\.accept_ra = 2$/gm)];
  const noted = kept.map(([, device = '']) => device.replaceAll('/', '.'));
  const devices = keys.length > 1 ? [...new Set([...noted, ...seen.advertisedTo])].sort() : [];
  return [
    '# Managed by Bridgehead: edits here are overwritten by the next apply.',
    ...devices.map((device) => `net.ipv6.conf.${device.replaceAll('.', '/')}.accept_ra = 2`),
    ...keys.map((key) => `${key} = 1`),
    '',
  ].join('\n');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Why the table has to be loaded; empty when what is in force is what was loaded from just this file. */
function whyLoad(wanted: WantedForwarding, seen: SeenForwarding): string[] {
  const name = wanted.interface;
  const { live, loaded } = seen.tables.get(name) ?? {};
  const unit = seen.units.get(unitOf(name));
  const off = wanted.keys.filter((key) => seen.sysctls.has(key) && seen.sysctls.get(key) !== '1');
  const [sum = '', ...noted] = (loaded ?? '').split('\n');
  const changed = live !== undefined && noted.join('\n') !== live;
  return [
    ...off.map((key) => `${key} is ${seen.sysctls.get(key)}`),
    ...(live === undefined ? ['the table is not there'] : []),
    ...(changed ? ['the table in force is not the one that was loaded'] : []),
    ...(live !== undefined && !changed && !sum.startsWith(sha256(wanted.ruleset))
      ? ['its file is newer']
      : []),
    ...(unit?.enabled === true ? [] : ['it is not loaded at boot']),
    ...(unit?.active === true ? [] : ['its unit has not run']),
  ];
}

function startUnitScript(unit: string): string {
  const name = quote(unit);
  return `systemctl daemon-reload && systemctl enable --quiet ${name} && systemctl reload-or-restart ${name} || { journalctl -u ${name} -n 20 -o cat --no-pager >&2; exit 1; }`;
}

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
      disruption: NONE,
      ...(diff === '' ? {} : { diff }),
      script: `command -v nft >/dev/null 2>&1 || { echo 'nft is not installed' >&2; exit 1; }\n${startUnitScript(unitOf(name))}`,
    },
  ];
}

const ufwAdd = (name: string, rule: string): string =>
  `${command('ufw', 'route', ...rule.split(' '), 'comment', ruleMark(name))} >/dev/null`;
const ufwDelete = (rule: string): string =>
  `${command('ufw', 'route', 'delete', ...rule.split(' '))} >/dev/null`;

function planUfw(name: string, passages: readonly Passage[], { ufw }: SeenForwarding): Change[] {
  const usable = passages.filter(
    ({ from, to }) => ufw.ipv6 || ![from, to].some((cidr) => cidr?.includes(':')),
  );
  const wanted = ufwRules(name, usable);
  const present = new Set(ufw.rules.map(({ rule }) => rule));
  const own = ufw.rules.filter(({ comment }) => comment === ruleMark(name)).map(({ rule }) => rule);
  const missing = ufw.drops ? wanted.filter((rule) => !present.has(rule)) : [];
  const surplus = own.filter((rule) => !wanted.includes(rule));
  const lines = ufw.ipv6
    ? [...ufwLines(name, usable, 4), ...ufwLines(name, usable, 6)]
    : [...ufwLines(name, usable, 4)];
  const lost = lines.filter(([rule, line]) => ufw.drops && own.includes(rule) && !ufw.lines.includes(line));
  return [
    ...missing.map(
      (rule): Change => ({ summary: `ufw route ${rule}`, disruption: NONE, script: ufwAdd(name, rule) }),
    ),
    ...surplus.map(
      (rule): Change => ({
        summary: `ufw route delete ${rule}`,
        disruption: NONE,
        script: ufwDelete(rule),
      }),
    ),
    ...(lost.length > 0
      ? [
          {
            summary: `reload UFW, whose rule is not in force: ufw route ${lost.map(([rule]) => rule).join('; ')}`,
            disruption: NONE,
            script: 'ufw reload >/dev/null',
          },
        ]
      : []),
  ];
}

function planDocker(name: string, passages: readonly Passage[], seen: SeenForwarding): Change[] {
  const wantedIn = (family: 4 | 6): string[] =>
    seen.docker[family].drops ? dockerRules(name, passages, family) : [];
  const wanted = { 4: wantedIn(4), 6: wantedIn(6) };
  const own = (family: 4 | 6): string[] =>
    seen.docker[family].rules.filter((rule) => rule.endsWith(`--comment ${ruleMark(name)}`));
  const surplus = DOCKER_TOOLS.flatMap(([family, tool]) =>
    own(family)
      .filter((rule) => !wanted[family].includes(rule))
      .map(
        (rule): Change => ({
          summary: `take out of DOCKER-USER: ${rule}`,
          disruption: NONE,
          script: `${command(tool, '-w', '-D', 'DOCKER-USER', ...rule.split(' '), '-j', 'ACCEPT')}`,
        }),
      ),
  );
  if (wanted[4].length + wanted[6].length === 0) return [...surplus, ...dropDockerUnit(name, seen)];
  const unit = seen.units.get(dockerUnitOf(name));
  const missing = DOCKER_TOOLS.flatMap(([family]) =>
    wanted[family].filter((rule) => !own(family).includes(rule)),
  );
  const ready = missing.length === 0 && unit?.enabled === true && unit.active;
  return [
    ...surplus,
    ...planFile(dockerScriptPath(name), dockerScript(wanted), seen),
    ...planFile(DOCKER_UNIT_PATH, DOCKER_UNIT, seen),
    ...(ready
      ? []
      : [
          {
            summary: `let through by DOCKER-USER, now and at boot${missing.length > 0 ? `: ${missing.join('; ')}` : ''}`,
            disruption: NONE,
            script: startUnitScript(dockerUnitOf(name)),
          },
        ]),
  ];
}

function dropDockerUnit(name: string, seen: SeenForwarding): Change[] {
  const path = dockerScriptPath(name);
  const { enabled, active } = seen.units.get(dockerUnitOf(name)) ?? { enabled: false, active: false };
  if (!seen.files.has(path) && !enabled && !active) return [];
  return [
    {
      summary: `remove ${dockerUnitOf(name)}: Docker drops nothing here`,
      disruption: NONE,
      script: `${enabled || active ? `${command('systemctl', 'disable', '--now', '--quiet', dockerUnitOf(name))} && ` : ''}${command('rm', '-f', path)}`,
    },
  ];
}

/** What makes the node pass on just what is wanted; `[]` when it does. */
export function planForwarding(wanted: readonly WantedForwarding[], seen: SeenForwarding): Change[] {
  if (wanted.length === 0) return [];
  return [
    ...planFile(LOADER_PATH, loaderScript(forwardingTable('')), seen),
    ...planFile(UNIT_PATH, FORWARDING_UNIT, seen),
    ...wanted.flatMap((one) => [
      ...planFile(rulesetPath(one.interface), one.ruleset, seen),
      ...planFile(forwardingSysctlPath(one.interface), sysctlText(one, seen), seen),
      ...planLoad(one, seen),
      ...planUfw(one.interface, one.passages, seen),
      ...planDocker(one.interface, one.passages, seen),
    ]),
  ];
}

/**
 * Takes back what was left on a node that passes nothing on any more. The kernel's own switch stays as it is until the
 * next boot: others may rely on it.
 */
export function planNothing(name: string, seen: SeenForwarding): Change[] {
  const paths = [rulesetPath(name), forwardingSysctlPath(name)].filter((path) => seen.files.has(path));
  const { enabled, active } = seen.units.get(unitOf(name)) ?? { enabled: false, active: false };
  const live = seen.tables.get(name)?.live !== undefined;
  const work = [
    ...(enabled || active ? [command('systemctl', 'disable', '--now', '--quiet', unitOf(name))] : []),
    ...(live ? [command('nft', 'delete', 'table', 'inet', forwardingTable(name))] : []),
    ...(paths.length > 0 ? [command('rm', '-f', ...paths)] : []),
  ];
  return [
    ...(work.length === 0
      ? []
      : [
          {
            summary: `pass nothing on for ${name} any more`,
            disruption: { level: 'brief', detail: 'what went through this node ends' } as const,
            script: work.join(' && '),
          },
        ]),
    ...planUfw(name, [], seen),
    ...planDocker(name, [], seen),
  ];
}
