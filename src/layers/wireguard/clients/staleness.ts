import type { ClientSettings } from '../overlay/client-config.js';
import type { HandedOut } from './ledger.js';

/** What a client's configuration should contain now; unknown values are not compared. */
export interface Current {
  readonly publicKey?: string | undefined;
  readonly settings: ClientSettings;
  readonly hubPublicKey?: string | undefined;
  /** SHA-256 of the hub's preshared key for it, hex. */
  readonly presharedKey?: string | undefined;
}

/** Why a client must scan again: each difference between its configuration and the wanted one. Empty: it need not. */
export function reasonsToScanAgain(handed: HandedOut, current: Current): string[] {
  const before = handed.settings;
  const now = current.settings;
  return [
    ...(differs(handed.publicKey, current.publicKey) ? ['its public key in the inventory has changed'] : []),
    ...change('endpoint', [before.endpoint], [now.endpoint]),
    ...(differs(handed.hubPublicKey, current.hubPublicKey)
      ? [before.hub === now.hub ? `the public key of ${now.hub} has changed` : `its hub is now ${now.hub}`]
      : []),
    ...change('address', before.addresses, now.addresses),
    ...sets('AllowedIPs', before.allowedIps, now.allowedIps),
    ...change('DNS', before.dns, now.dns),
    ...change('MTU', [String(before.mtu)], [String(now.mtu)]),
    ...change('keepalive', [String(before.keepalive)], [String(now.keepalive)]),
    ...(differs(handed.presharedKey, current.presharedKey)
      ? ['the hub has a different preshared key for it']
      : []),
  ];
}

/** Only two known values can differ, except for a preshared key if there was none. */
function differs(before: string | undefined, now: string | undefined): boolean {
  return now !== undefined && before !== now;
}

function change(what: string, before: readonly string[], now: readonly string[]): string[] {
  const text = (words: readonly string[]) => words.join(', ') || 'none';
  return text(before) === text(now) ? [] : [`${what} changed ${text(before)} -> ${text(now)}`];
}

function sets(what: string, before: readonly string[], now: readonly string[]): string[] {
  const more = now.filter((one) => !before.includes(one));
  const less = before.filter((one) => !now.includes(one));
  return [
    ...(more.length > 0 ? [`${what} gained ${more.join(', ')}`] : []),
    ...(less.length > 0 ? [`${what} lost ${less.join(', ')}`] : []),
  ];
}
