import { command, quote } from '../../../remote/quote.js';
import { lines, reading, type Script, sh } from '../../../remote/script.js';
import { ADVERTISEMENTS, parseAdvertisements } from '../kernel/router-advertisements.js';
import { MARK_KEY, parseClosed, readClosed } from './closed.js';
import firewalls from './firewalls/firewalls.sh';
import { parseUfwSettings, type UfwSettings } from './firewalls/ufw-sysctl.js';
import { parseDropIns, READ_DROP_INS } from './followed.js';
import { WHY_FORWARDS } from './off/why-forwards.js';
import { FORWARDING_KEYS } from './switches.js';
import { forwardingTable } from './table-name.js';
import {
  DOCKER_UNIT_PATH,
  dockerScriptPath,
  dockerUnitOf,
  FORWARDING_FOLDER,
  forwardingSysctlPath,
  LOADER_PATH,
  loadedPath,
  rulesetPath,
  UNIT_PATH,
  unitOf,
} from './unit.js';
import { OWN_SETTINGS, wereOn } from './was-on.js';

export interface SeenText {
  /** `644 root root`. */
  readonly mode: string;
  readonly text: string;
}

/** Docker's side of one address family. */
export interface SeenDocker {
  /** Whether there is a chain DOCKER-USER and forwarded packets are dropped by policy. */
  readonly drops: boolean;
  /** Our own rules there, as `iptables -S` prints them, without `-A DOCKER-USER`, target and other interfaces' rules. */
  readonly rules: readonly string[];
}

export interface SeenUfw {
  /** Whether UFW is on and drops what no rule accepts. */
  readonly drops: boolean;
  readonly ipv6: boolean;
  /** What follows `ufw route`, with the comment if it has one. */
  readonly rules: readonly { readonly rule: string; readonly comment?: string }[];
  /** Lines of `iptables -S` and `ip6tables -S`, as they are now. */
  readonly lines: readonly string[];
}

/** What the probe saw of forwarding on a node. */
export interface SeenForwarding {
  readonly files: ReadonlyMap<string, SeenText>;
  readonly units: ReadonlyMap<string, { readonly enabled: boolean; readonly active: boolean }>;
  /** Other interfaces that have files here: another inventory's, or those to be retired. */
  readonly others: readonly string[];
  /** Values by key; only keys that the kernel has. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** Switches that were on before Bridgehead needed them. */
  readonly wereOn: readonly string[];
  /** For each interface that no longer forwards: why kernel forwarding stays on. */
  readonly staysOn: ReadonlyMap<string, string>;
  /** Interfaces with a default route from router advertisements that the kernel itself accepts. */
  readonly advertisedTo: readonly string[];
  /** The setting accept_ra by interface; only if it isn't 0. */
  readonly acceptRa: ReadonlyMap<string, string>;
  /** The table as nft shows it now, and what was noted when it was loaded, by interface. */
  readonly tables: ReadonlyMap<string, { readonly live?: string; readonly loaded?: string }>;
  /** `INTERFACE SOURCE` of the clients whose packets are prohibited without the table. */
  readonly closed: ReadonlySet<string>;
  /** Our parts of others' units, by path. */
  readonly dropIns: ReadonlyMap<string, string>;
  readonly ufw: SeenUfw;
  /** Where UFW is installed. */
  readonly ufwSettings?: UfwSettings;
  readonly docker: Readonly<Record<4 | 6, SeenDocker>>;
}

const MARK = '@@ ';
const SAY = `say() { printf '\\n${MARK}%s\\n' "$1"; }`;

function fileFragment(path: string): string {
  const file = quote(path);
  return `if [ -f ${file} ]; then say ${quote(`file ${path}`)}; stat -c '%a %U %G' ${file}; cat ${file}; fi`;
}

function othersFragment(interfaces: readonly string[]): string {
  return `say others
for file in ${FORWARDING_FOLDER}/*.nft ${FORWARDING_FOLDER}/*.docker-user; do
name=\${file##*/} name=\${name%.*}
case $name in ${['*[*]*', ...interfaces.map(quote)].join(' | ')}) ;; *) echo "$name" ;; esac
done`;
}

/** One `systemctl` call for all units, if there can be any; systemd puts a blank line between two. */
function unitsFragment(interfaces: readonly string[]): string {
  const traces = [UNIT_PATH, DOCKER_UNIT_PATH, ...interfaces.map(loadedPath)];
  const units = interfaces.flatMap((name) => [unitOf(name), dockerUnitOf(name)]);
  return `say units
if ${traces.map((path) => command('[', '-e', path, ']')).join(' || ')}; then
${command('systemctl', 'show', '-p', 'Id,ActiveState,UnitFileState', '--', ...units)} 2>/dev/null
fi`;
}

function tableFragment(name: string): string {
  return `say ${quote(`table ${name}`)}
nft list table inet ${forwardingTable(name)} 2>/dev/null
say ${quote(`loaded ${name}`)}
[ ! -f ${quote(loadedPath(name))} ] || cat ${quote(loadedPath(name))}`;
}

function staysOnFragment(idle: readonly string[]): string {
  return `${WHY_FORWARDS}
say stays-on
for name in ${idle.map(quote).join(' ')}; do
if [ -f "${forwardingSysctlPath('$name')}" ] && why=$(why_stays_on "$name"); then echo "$name $why"; fi
done`;
}

const SYSCTLS = sh`say sysctls
grep -s '' ${[...Object.values(FORWARDING_KEYS), MARK_KEY]
  .map((key) => `/proc/sys/${key.replaceAll('.', '/')}`)
  .join(' ')} ${OWN_SETTINGS} /dev/null
say advertised
${ADVERTISEMENTS.script}`;

/** UFW's own command takes longer than all else that is read here, and several steps ask. */
const FIREWALLS = sh`firewalls=${reading(`${SAY}\n${firewalls}`)}
[ -z "$firewalls" ] || printf '%s\n' "$firewalls"`;

/**
 * POSIX sh that reads everything that the step manages; it changes nothing. Kernel settings are read if some of the networks
 * forward (`wanted`); `limited` are the families in which the reach of clients is limited.
 */
export function probeForwarding(
  interfaces: readonly string[],
  wanted: readonly string[],
  limited: readonly (4 | 6)[] = [],
): Script {
  const idle = interfaces.filter((name) => !wanted.includes(name));
  const paths = interfaces.flatMap((name) => [
    rulesetPath(name),
    forwardingSysctlPath(name),
    dockerScriptPath(name),
  ]);
  return lines(
    SAY,
    ...[LOADER_PATH, UNIT_PATH, DOCKER_UNIT_PATH, ...paths].map(fileFragment),
    othersFragment(interfaces),
    ...(interfaces.length > 0 ? [unitsFragment(interfaces)] : []),
    ...interfaces.map(tableFragment),
    `say drop-ins\n${READ_DROP_INS}`,
    ...(wanted.length > 0 ? [SYSCTLS] : []),
    ...(idle.length > 0 ? [staysOnFragment(idle)] : []),
    ...(limited.length > 0 ? [`say closed\n${readClosed(limited)}`] : []),
    FIREWALLS,
  );
}

function parseDocker(text: string): SeenDocker {
  const lines = text.split('\n');
  const own = lines
    .map((line) => /^-A DOCKER-USER (.*--comment bridgehead-\S+) -j ACCEPT$/.exec(line)?.[1])
    .filter((rule): rule is string => rule !== undefined);
  return { drops: lines.includes('-P FORWARD DROP') && lines.includes('-N DOCKER-USER'), rules: own };
}

function parseUfw(text: string, iptables: string, ip6tables: string): SeenUfw {
  const lines = text.split('\n');
  const rules = lines.flatMap((line) => {
    const [, rule, , comment] = /^ufw route (.*?)( comment '(.*)')?$/.exec(line) ?? [];
    return rule === undefined ? [] : [{ rule, ...(comment === undefined ? {} : { comment }) }];
  });
  const live = `${iptables}\n${ip6tables}`.split('\n');
  const accepts = lines.some((line) => /^DEFAULT_FORWARD_POLICY="?ACCEPT/.test(line));
  return {
    drops: lines.includes('ENABLED=yes') && live.includes('-N ufw-user-forward') && !accepts,
    ipv6: lines.some((line) => /^IPV6="?yes/.test(line)),
    rules,
    lines: live,
  };
}

const parseUnits = (text: string): SeenForwarding['units'] =>
  new Map(
    text.split('\n\n').map((block) => [
      /^Id=(.*)$/m.exec(block)?.[1] ?? '',
      {
        enabled: /^UnitFileState=enabled$/m.test(block),
        active: /^ActiveState=active$/m.test(block),
      },
    ]),
  );

const parseSettings = (text: string): SeenForwarding['sysctls'] =>
  new Map(
    [...text.matchAll(/^\/proc\/sys\/(.+?):(.*)$/gm)].map(([, path = '', value = '']) => [
      path.replaceAll('/', '.'),
      value,
    ]),
  );

const parseStaysOn = (text: string): SeenForwarding['staysOn'] =>
  new Map([...text.matchAll(/^(\S+) (.+)$/gm)].map(([, name = '', why = '']) => [name, why]));

/** Reads what {@link probeForwarding} printed. */
export function parseForwarding(stdout: string): SeenForwarding {
  const sections = new Map<string, string>();
  for (const block of stdout.split(`\n${MARK}`).slice(1)) {
    const end = block.indexOf('\n');
    sections.set(end < 0 ? block : block.slice(0, end), end < 0 ? '' : block.slice(end + 1));
  }
  const byPrefix = (prefix: string): [string, string][] =>
    [...sections].flatMap(([key, text]) =>
      key.startsWith(`${prefix} `) ? [[key.slice(prefix.length + 1), text]] : [],
    );
  const files = byPrefix('file').map(([path, text]): [string, SeenText] => {
    const end = text.indexOf('\n');
    return [path, { mode: text.slice(0, end), text: text.slice(end + 1) }];
  });
  const loaded = new Map(byPrefix('loaded'));
  const settings = sections.get('sysctls') ?? '';
  const sysctls = parseSettings(settings);
  const { devices, acceptRa } = parseAdvertisements(
    `${settings}\n${sections.get('advertised') ?? ''}`.split('\n'),
  );
  const iptables = sections.get('iptables') ?? '';
  const ip6tables = sections.get('ip6tables') ?? '';
  const ufwSettings = parseUfwSettings(sections.get('ufw-settings') ?? '');
  return {
    files: new Map(files),
    others: (sections.get('others') ?? '').split('\n').filter((name) => name !== ''),
    units: parseUnits(sections.get('units') ?? ''),
    sysctls,
    wereOn: wereOn(settings, sysctls),
    staysOn: parseStaysOn(sections.get('stays-on') ?? ''),
    acceptRa,
    advertisedTo: devices,
    tables: new Map(
      byPrefix('table').map(([name, live]) => {
        const noted = loaded.get(name) ?? '';
        return [name, { ...(live && { live }), ...(noted && { loaded: noted }) }];
      }),
    ),
    closed: parseClosed(sections.get('closed') ?? ''),
    dropIns: parseDropIns(sections.get('drop-ins') ?? ''),
    ...(ufwSettings && { ufwSettings }),
    ufw: parseUfw(sections.get('ufw') ?? '', iptables, ip6tables),
    docker: { 4: parseDocker(iptables), 6: parseDocker(ip6tables) },
  };
}
