import { type Part, refusedBy } from '../remote/part.js';
import type { FragmentReply } from '../remote/program.js';
import arm from './fragments/arm.sh';
import { valuesOf } from './reply.js';
import { snapshotScript } from './snapshot.js';
import { BOOT_UNIT, prelude } from './state-folder.js';
import type { ArmOutcome, ArmRequest } from './types.js';

/** Where systemd finds the boot-time unit; written and removed by hand, for it is only ever wanted at the next boot. */
export const BOOT_UNIT_FILES = `boot_file=/etc/systemd/system/${BOOT_UNIT}
boot_link=/etc/systemd/system/sysinit.target.wants/${BOOT_UNIT}
`;

/**
 * Keeps a snapshot, rehearses the revert and arms the guard: from here the node reverts the phase by itself after
 * `seconds`, or at its next boot. The timer is started first and the guard armed by one rename after it, so that one
 * cut off in between leaves a timer that does nothing rather than a guard that never fires.
 */
export function armFragment(request: ArmRequest): Part<ArmOutcome> {
  const { seconds } = request;
  if (!Number.isInteger(seconds) || seconds < 1) throw new TypeError(`${seconds} s is not a guard's time`);
  return {
    id: 'guard.arm',
    required: true,
    script: `${prelude()}${BOOT_UNIT_FILES}${snapshotScript(request)}seconds=${seconds}\n${arm}`,
    parse: parseArm,
  };
}

function parseArm(reply: FragmentReply): ArmOutcome {
  const [snapshot = '', by, seconds] = valuesOf(reply, 'armed')[0]?.split(' ') ?? [];
  if (reply.code !== 0 || (by !== 'systemd' && by !== 'sleeper')) {
    return refusedBy(reply);
  }
  return { kind: 'armed', snapshot, by, seconds: Number(seconds) };
}
