export const PROC = '/proc/sys/';

/** Either notation that sysctl takes: `net.ipv4.conf.eth0/200.forwarding` or `net/ipv4/conf/eth0.200/forwarding`. */
export const SYSCTL_KEY = '^[A-Za-z0-9_][A-Za-z0-9_@-]*([./][A-Za-z0-9_@-]+)+$';

/**
 * Path below /proc/sys of a key, by sysctl's own rule: if the first separator is a slash, all stays as it is;
 * if it is a dot, dots and slashes change places.
 */
export function sysctlPath(key: string): string {
  if (/[./]/.exec(key)?.[0] === '/') return key;
  return key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** A value as the kernel's and the user's spelling have it in common: whitespace between numbers varies. */
export function normalizeValue(value: string | number): string {
  return String(value).trim().replace(/\s+/g, ' ');
}

function rank(path: string): number {
  if (/(^|\/)(ip_forward|forwarding)$/.test(path)) return 0;
  return /\/(all|default)\//.test(path) ? 1 : 2;
}

/**
 * The order in which keys are written: switching forwarding resets other keys, and `all` and `default` can spread
 * to single interfaces, so these come first.
 */
export function orderKeys(keys: readonly string[]): string[] {
  return [...keys].sort((a, b) => rank(sysctlPath(a)) - rank(sysctlPath(b)) || (a < b ? -1 : 1));
}

/** As {@link orderKeys}, with accept_ra before all: without it, switching forwarding on ends the routes at once. */
export function inWritingOrder(keys: readonly string[]): string[] {
  const isFirst = (key: string): number => (sysctlPath(key).endsWith('/accept_ra') ? 0 : 1);
  return orderKeys(keys).sort((a, b) => isFirst(a) - isFirst(b));
}
