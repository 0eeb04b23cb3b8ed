import { inParts, type Question } from '../../../remote/question.js';
import { atBoot } from './at-boot.js';
import { BOOT_SETTINGS, type BootSettings, withFile } from './boot-settings.js';
import { ADVERTISEMENTS, type Advertisements, acceptRaKey } from './router-advertisements.js';

/** What decides whether a node keeps the default routes that it has from router advertisements when it boots. */
export interface BootRoutes {
  readonly boot: BootSettings;
  readonly advertisements: Advertisements;
}

export const BOOT_ROUTES: Question<BootRoutes> = inParts({
  boot: BOOT_SETTINGS,
  advertisements: ADVERTISEMENTS,
});

function lost(boot: BootSettings, { devices, acceptRa }: Advertisements): readonly string[] {
  return devices.filter((device) => {
    const accept = atBoot(boot, acceptRaKey(device))?.value ?? acceptRa.get(device);
    const own = acceptRaKey(device).replace(/accept_ra$/, 'forwarding');
    // Cards that appear late take what `default` says.
    const forwards = (atBoot(boot, own) ?? atBoot(boot, 'net.ipv6.conf.default.forwarding'))?.value ?? '0';
    return accept === '0' || (forwards !== '0' && accept !== '2');
  });
}

/** Interfaces that would lose the node's only IPv6 default route at its next boot by this file alone; undefined takes the file out. */
export function newlyLost(
  { boot, advertisements }: BootRoutes,
  path: string,
  text: string | undefined,
): readonly string[] {
  if (advertisements.hasOther) return [];
  const without = withFile(boot, path, undefined);
  const [before, after] = text === undefined ? [boot, without] : [without, withFile(boot, path, text)];
  const known = lost(before, advertisements);
  return lost(after, advertisements).filter((device) => !known.includes(device));
}
