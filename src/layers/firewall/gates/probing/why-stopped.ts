import { causeText } from '../../../../facts/firewall/cause.js';
import type { Packet } from '../../../../facts/firewall/packet.js';
import { dropperOf } from './dropper.js';
import { type Outcome, packetOf, type Why } from './outcome.js';
import type { Course, Seen } from './seen.js';
import { byNoRule, byUnknown, openFix, whyClosed } from './why-closed.js';

/** What stopped a packet that had to get in, whose counters and trace were read: a rule on the way or at its target, or the tailnet's policy. */
export function whyStopped(outcome: Outcome, seen: ReadonlyMap<string, Seen>): Why {
  const { probe, end, times } = outcome;
  const course: Course = end.kind === 'dropped' ? end.course : end.kind === 'lost' ? (end.stuckAt ?? {}) : {};
  const place = end.kind === 'lost' ? end.stuckAt?.node : probe.way.to;
  const there = seen.get(place ?? '');
  if (course.came === undefined || there === undefined)
    return whyClosed(outcome, seen.get(probe.way.to) ?? { tables: [] }, true);
  const isPassedOn = place !== probe.way.to;
  const packet: Packet = { ...packetOf(probe, course), ...(isPassedOn && { isPassedOn }) };
  const dropper = dropperOf(there, packet, course.came, times);
  if (dropper === undefined && there.tables === undefined) return byUnknown(place ?? '');
  if (dropper === undefined) return isPassedOn ? whyClosed(outcome, there, true) : byNoRule(probe, course);
  const { cause, evidence } = dropper;
  const where = isPassedOn ? `${place} drops it: ` : 'dropped by ';
  return { seen: `${where}${causeText(cause)} (${evidence})`, fix: openFix(cause, packet, place ?? '') };
}
