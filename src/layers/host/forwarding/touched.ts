import type { Touched } from '../../step.js';
import { DROP_IN_PATHS } from './followed.js';
import type { SeenForwarding } from './live.js';
import { KEPT_ACCEPT_RA } from './off/keep-accept-ra.js';
import {
  DOCKER_UNIT_PATH,
  dockerUnitOf,
  FORWARDING_FOLDER,
  forwardingSysctlPath,
  UNIT_PATH,
  unitOf,
} from './unit.js';

/** All that a step may write for these interfaces; the live rules and settings are kept with the network. */
export function touchedByForwarding(interfaces: readonly string[], { ufwSettings }: SeenForwarding): Touched {
  return {
    files: [
      FORWARDING_FOLDER,
      UNIT_PATH,
      DOCKER_UNIT_PATH,
      ...DROP_IN_PATHS,
      ...interfaces.map(forwardingSysctlPath),
      KEPT_ACCEPT_RA,
      ...(ufwSettings === undefined ? [] : [ufwSettings.path]),
    ],
    units: interfaces.flatMap((name) => [unitOf(name), dockerUnitOf(name)]),
    network: true,
  };
}
