import { type Part, reasonOf } from '../remote/part.js';
import type { FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import { GarbledReply } from '../remote/reply-lines.js';
import { BOOT_UNIT_FILES } from './arm.js';
import confirm from './fragments/confirm.sh';
import guardState from './fragments/guard-state.sh';
import revertNow from './fragments/revert-now.sh';
import { valuesOf } from './reply.js';
import { isGuardOf } from './snapshot.js';
import { checkedRun, prelude } from './state-folder.js';
import type { GuardReport, GuardStatus, PhaseOfRun } from './types.js';

const STATES: readonly GuardStatus[] = ['none', 'armed', 'confirmed', 'firing', 'reverted', 'revert-failed'];

/**
 * Confirms a phase: the guard is disarmed by one rename, which either this or the revert wins. Send it over a
 * connection made after the change. The answer is the state; only `confirmed` with this phase is a confirmation. A round whose
 * state after the next boot has not been proven (see {@link proofFragment}) stays armed.
 */
export function confirmFragment(what: PhaseOfRun): Part<GuardReport> {
  return {
    id: 'guard.confirm',
    script: `${prelude()}${BOOT_UNIT_FILES}${guardState}run=${quote(checkedRun(what.run))}
is_ours() { ${isGuardOf('armed', what)}; }
${confirm}`,
    parse: parseGuard,
  };
}

/** Asks for the state of a run's guard; changes nothing. */
export function stateFragment(run: string): Part<GuardReport> {
  return {
    id: 'guard.state',
    script: `${prelude()}${guardState}run=${quote(checkedRun(run))}
if [ ! -e "$state" ] && [ ! -L "$state" ]; then echo '@guard none'; exit 0; fi
check_state
report_state`,
    parse: parseGuard,
  };
}

/**
 * Fires the guard of a run at once and waits for the end of it, 120 s at most; the answer is the state. The revert
 * runs apart from the connection, which may break under it.
 */
export function revertNowFragment(run: string): Part<GuardReport> {
  return {
    id: 'guard.revert',
    script: `${prelude()}${guardState}run=${quote(checkedRun(run))}\n${revertNow}`,
    parse: parseGuard,
  };
}

function parseGuard(reply: FragmentReply): GuardReport {
  const said = valuesOf(reply, 'guard')[0];
  const state = STATES.find((one) => one === said);
  if (reply.code !== 0 || state === undefined) {
    throw new GarbledReply(`the node can't read the state of its guard: ${reasonOf(reply)}`);
  }
  const [run] = valuesOf(reply, 'run');
  const [phase] = valuesOf(reply, 'phase');
  const [left] = valuesOf(reply, 'left');
  const live = valuesOf(reply, 'live');
  const notes = valuesOf(reply, 'note').map((line) => ({
    unit: line.split(' ', 1)[0] ?? '',
    text: line.slice(line.indexOf(' ') + 1),
  }));
  return {
    state,
    ...(run === undefined ? {} : { run }),
    ...(phase === undefined ? {} : { phase }),
    ...(left === undefined ? {} : { secondsLeft: Number(left) }),
    ...(valuesOf(reply, 'proven').length > 0 ? { proven: true } : {}),
    reverted: valuesOf(reply, 'reverted'),
    failed: valuesOf(reply, 'failed'),
    ...(notes.length > 0 ? { notes } : {}),
    ...(live.length > 0 ? { live } : {}),
  };
}
