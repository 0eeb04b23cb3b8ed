import { MARK_KEY } from './closed.js';
import { FORWARDING_KEYS } from './switches.js';

/** Line of our own file in /etc/sysctl.d: a switch that was on before Bridgehead set it. */
export const WAS_ON = '# on before Bridgehead: ';
/** All such files, of any inventory. */
export const OWN_SETTINGS = '/etc/sysctl.d/99-bridgehead-forwarding-*.conf';

/**
 * The switches that were on before, from the output of `grep -s ''` over our own files: as noted there, or as they are now
 * if there is no such file yet.
 */
export function wereOn(printed: string, now: ReadonlyMap<string, string>): readonly string[] {
  const own = printed
    .split('\n')
    .filter((line) => line.startsWith('/etc/sysctl.d/99-bridgehead-forwarding-'));
  const keys = [...Object.values(FORWARDING_KEYS), MARK_KEY];
  return own.length > 0
    ? keys.filter((key) => own.some((line) => line.endsWith(`:${WAS_ON}${key} = 1`)))
    : keys.filter((key) => now.get(key) === '1');
}
