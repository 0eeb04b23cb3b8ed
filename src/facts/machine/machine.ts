import type { Question } from '../../remote/question.js';
import { all, END_LINE, fromLines, integer, type Lines, only } from '../../remote/reply-lines.js';
import { parseRules, READ_RULES, type Rules } from '../firewall/read.js';
import { listeningIn, READ_LISTENING } from '../listening/listening.js';
import { type Login, parseLogin, READ_LOGIN } from '../login.js';
import { type Identity, parseIdentity, READ_IDENTITY } from './identity.js';
import machine from './machine.sh';
import support from './wireguard-support.sh';

export interface DeviceAddress {
  readonly device: string;
  /** CIDR. */
  readonly address: string;
  /** Whether it is temporary: an IPv6 privacy address, or one that is expiring. */
  readonly passing: boolean;
}

export interface DefaultRoute {
  readonly family: 4 | 6;
  readonly device: string;
  /** Undefined on a device without a gateway. */
  readonly router?: string;
  /** The router's, which distinguishes two LANs with the same range. */
  readonly routerMac?: string;
}

export interface WireguardThere {
  readonly interface: string;
  readonly up: boolean;
  /** Whether Bridgehead made it. */
  readonly ours: boolean;
  readonly port?: number;
}

/** The properties of a machine that matter for a network. */
export interface Machine {
  readonly identity: Identity;
  /** `debian`, `raspbian`, `alpine`, `openwrt` …, or `unknown`. */
  readonly os: string;
  /** `12`; empty if it has none. */
  readonly version: string;
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly title: string;
  /** `x86_64`, `aarch64`, `armv7l` … */
  readonly architecture: string;
  readonly hostname: string;
  /** As the firmware reports it: `Microsoft Corporation`, `Amazon EC2`. */
  readonly vendor?: string;
  /** Seconds. */
  readonly uptime: number;
  /** Seconds since the epoch. */
  readonly clock: number;
  readonly readOnlyRoot: boolean;
  readonly systemd: boolean;
  readonly apt: boolean;
  readonly perl: boolean;
  readonly login?: Login;
  readonly sudo: 'root' | 'passwordless' | 'password';
  /** Of all devices except `lo`, without link-local ones. */
  readonly addresses: readonly DeviceAddress[];
  readonly defaults: readonly DefaultRoute[];
  /** Every range that it has a route to, without default routes. */
  readonly ranges: readonly string[];
  readonly wireguard: readonly WireguardThere[];
  readonly module: 'loaded' | 'available' | 'no';
  /** Whether /dev/net/tun is there, for WireGuard in user space. */
  readonly tun: boolean;
  /** UDP ports in use, with the program's name if that can be read. */
  readonly udp: ReadonlyMap<number, string | undefined>;
  /** `UFW`, `firewalld`, `Docker`, `Oracle's image`. */
  readonly firewalls: readonly string[];
  readonly tables: Rules;
}

const said = (lines: Lines, word: string): string | undefined => all(lines, word)[0]?.join(' ');

function parseAddresses(lines: Lines): DeviceAddress[] {
  return all(lines, 'address').flatMap(([device = '', address = '', ...more]) => {
    if (device === 'lo' || more.includes('link') || address.startsWith('fe80:')) return [];
    const cidr = address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`;
    const passing = more.some((word) => ['temporary', 'deprecated', 'tentative'].includes(word));
    return [{ device, address: cidr, passing }];
  });
}

function after(words: readonly string[], word: string): string | undefined {
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
}

function parseDefaults(lines: Lines): DefaultRoute[] {
  const macs = new Map(all(lines, 'neighbour').map(([address, mac]) => [address, mac]));
  return all(lines, 'route').flatMap(([family, to, ...words]) => {
    const device = after(words, 'dev');
    if (to !== 'default' || device === undefined) return [];
    const router = after(words, 'via');
    const routerMac = macs.get(router);
    return [
      {
        family: family === '6' ? 6 : 4,
        device,
        ...(router !== undefined && { router }),
        ...(routerMac !== undefined && { routerMac }),
      },
    ];
  });
}

function parseRanges(lines: Lines): string[] {
  const to = all(lines, 'route').map(([, range = '']) => range);
  return [...new Set(to.filter((range) => /^[\da-f.:]+\/\d+$/i.test(range) && !/^(fe80:|ff)/.test(range)))];
}

function parseWireguard(lines: Lines): WireguardThere[] {
  return all(lines, 'wireguard').map(([name = '', state, whose, port]) => ({
    interface: name,
    up: state === 'up',
    ours: whose === 'ours',
    ...(port !== undefined && { port: integer(port) }),
  }));
}

function parseUdp(lines: Lines): Map<number, string | undefined> {
  const ports = new Map<number, string | undefined>();
  for (const { protocol, port, program } of listeningIn(lines))
    if (protocol === 'udp') ports.set(port, ports.get(port) ?? program);
  return ports;
}

function parse(lines: Lines): Machine {
  const [os = 'unknown', version = ''] = all(lines, 'os')[0] ?? [];
  const [module = 'no', , tun] = only(lines, 'support', 3);
  const login = parseLogin(lines);
  const vendor = said(lines, 'vendor');
  const sudo = said(lines, 'sudo');
  const has = new Set(all(lines, 'has').map(([what]) => what));
  return {
    identity: parseIdentity(lines),
    os,
    version,
    title: said(lines, 'title') ?? os,
    architecture: said(lines, 'arch') ?? 'unknown',
    hostname: said(lines, 'hostname') ?? '',
    ...(vendor !== undefined && { vendor }),
    uptime: integer(said(lines, 'uptime')),
    clock: integer(said(lines, 'clock')),
    readOnlyRoot: /^ro\b/.test(said(lines, 'root') ?? ''),
    systemd: has.has('systemd'),
    apt: has.has('apt-get'),
    perl: has.has('perl'),
    ...(login !== undefined && { login }),
    sudo: sudo === 'passwordless' || sudo === 'password' ? sudo : 'root',
    addresses: parseAddresses(lines),
    defaults: parseDefaults(lines),
    ranges: parseRanges(lines),
    wireguard: parseWireguard(lines),
    module: module === 'loaded' || module === 'available' ? module : 'no',
    tun: tun === 'yes',
    udp: parseUdp(lines),
    firewalls: all(lines, 'firewall').map((words) => words.join(' ')),
    tables: parseRules(lines),
  };
}

/** Everything about one machine, in one question. It changes nothing there, and needs no package. */
export const machineFact: Question<Machine> = {
  script: [
    READ_IDENTITY,
    machine,
    READ_LOGIN,
    support,
    READ_LISTENING,
    `${READ_RULES}\n`,
    `echo ${END_LINE}\n`,
  ].join(''),
  parse: fromLines(parse),
};
