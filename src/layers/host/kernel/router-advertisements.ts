import type { Question } from '../../../remote/question.js';
import { reading, sh } from '../../../remote/script.js';
import { normalizeValue, sysctlPath } from './sysctl-keys.js';

/** What a node gets from router advertisements that the kernel itself accepts. */
export interface Advertisements {
  /** Interfaces that have a default route from them. */
  readonly devices: readonly string[];
  /** The setting accept_ra by interface; only if it isn't 0. */
  readonly acceptRa: ReadonlyMap<string, string>;
  /** Whether there is another IPv6 default route. */
  readonly hasOther: boolean;
}

const READ_ADVERTISEMENTS = sh`routes=${reading('ip -6 -o route show default')}
accept_ra=${reading("grep -s '' /proc/sys/net/ipv6/conf/*/accept_ra /dev/null")}
printf '%s\\n' "$routes" "$accept_ra"`;

/** Default routes from router advertisements, and what takes them in. */
export const ADVERTISEMENTS: Question<Advertisements> = {
  script: READ_ADVERTISEMENTS,
  parse: ({ stdout }) => parseAdvertisements(stdout.split('\n')),
};

/** Other lines are passed over. */
export function parseAdvertisements(lines: readonly string[]): Advertisements {
  const acceptRa = new Map<string, string>();
  const devices = new Set<string>();
  let hasOther = false;
  for (const line of lines) {
    const [, device, value] = /^\/proc\/sys\/net\/ipv6\/conf\/(.+)\/accept_ra:(.*)$/.exec(line) ?? [];
    if (device !== undefined && value !== undefined && value !== '0') acceptRa.set(device, value);
    if (!/^default( |$)/.test(line)) continue;
    if (/ proto ra( |$)/.test(line))
      for (const [, name = ''] of line.matchAll(/ dev (\S+)/g)) devices.add(name);
    else hasOther = true;
  }
  // If it is 0, another program handles them, which forwarding doesn't affect.
  return { devices: [...devices].filter((device) => acceptRa.has(device)).sort(), acceptRa, hasOther };
}

type Values = ReadonlyMap<string, string>;

const FORWARDING = /^net\/ipv6\/conf\/(all|default|.+)\/forwarding$/;

export const acceptRaKey = (device: string): string =>
  `net.ipv6.conf.${device.replaceAll('.', '/')}.accept_ra`;

/** Interfaces for which a file of ours sets accept_ra = 2: that stays, whether a router answers just now or not. */
export function notedAcceptRa(text: string): readonly string[] {
  const noted = [...text.matchAll(/^net\.ipv6\.conf\.(\S+)\.accept_ra = 2$/gm)];
  return noted.map(([, device = '']) => device.replaceAll('/', '.'));
}

/** Whether a key is among those that can end what comes by router advertisements. */
export function concernsAdvertisements(key: string): boolean {
  return /^net\/ipv6\/conf\/.+\/(forwarding|accept_ra|accept_ra_defrtr)$/.test(sysctlPath(key));
}

/** Values by path below /proc/sys. */
export function byPath(values: Readonly<Record<string, string | number>>): Values {
  return new Map(Object.entries(values).map(([key, value]) => [sysctlPath(key), normalizeValue(value)]));
}

const switchesOn = (values: Values, device: string): boolean =>
  [...values].some(([path, value]) => {
    const name = FORWARDING.exec(path)?.[1];
    return value !== '0' && (name === 'all' || name === 'default' || name === device);
  });

/** Interfaces that lose their default route by these values, unless accept_ra is 2 there; those whose accept_ra they say are left out. */
export function needAcceptRa(values: Values, { devices }: Advertisements): readonly string[] {
  return devices.filter(
    (device) => switchesOn(values, device) && !values.has(sysctlPath(acceptRaKey(device))),
  );
}

/** Interfaces whose default route these values end, at once or when its lifetime is over. */
export function loseRoute(values: Values, { devices }: Advertisements): readonly string[] {
  return devices.filter((device) => {
    const accept = values.get(sysctlPath(acceptRaKey(device)));
    const routers = values.get(sysctlPath(acceptRaKey(device)).replace(/accept_ra$/, 'accept_ra_defrtr'));
    if (routers === '0' || accept === '0') return true;
    return switchesOn(values, device) && accept !== '2';
  });
}
