import { MARK_KEY } from './closed.js';
import { FORWARDING_KEYS } from './switches.js';

/** Line of our own file in /etc/sysctl.d: a switch that was on before Bridgehead set it. */
export const WAS_ON = '# on before Bridgehead: ';
/** All such files, of any inventory. */
export const OWN_SETTINGS = '/etc/sysctl.d/99-bridgehead-forwarding-*.conf';

/** Whether a file of ours sets anything; a table that forwards nothing has one that doesn't. */
export const setsAny = (text: string): boolean =>
  text.split('\n').some((line) => line.replace(WAS_ON, '').startsWith('net.'));

/**
 * The switches that were on before, from the output of `grep -s ''` over our own files: as noted there, or as they are now
 * if no such file sets anything yet.
 */
export function wereOn(printed: string, now: ReadonlyMap<string, string>): readonly string[] {
  const own = printed
    .split('\n')
    .flatMap((line) => /^\/etc\/sysctl\.d\/99-bridgehead-forwarding-[^:]*:(.*)$/.exec(line)?.[1] ?? []);
  const keys = [...Object.values(FORWARDING_KEYS), MARK_KEY];
  return setsAny(own.join('\n'))
    ? keys.filter((key) => own.includes(`${WAS_ON}${key} = 1`))
    : keys.filter((key) => now.get(key) === '1');
}
