import type { Fragment, FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import { BOOT_UNIT_FILES } from './arm.js';
import { reasonOf, valuesOf } from './reply.js';
import { isOurs } from './snapshot.js';
import { checkedRun, prelude } from './state-folder.js';
import type { GuardReport, GuardState, PhaseOfRun } from './types.js';

const STATES: readonly GuardState[] = ['none', 'armed', 'confirmed', 'firing', 'reverted', 'revert-failed'];

/** sh condition: the armed round has been proven to stand after the next boot. */
const IS_PROVEN = `[ -e "$state/runs/$run/$(field "$state/guard/armed/what" snapshot)/proven" ]`;

/** Tells how the guard of `$run` stands: the armed one, or else what became of the run's last guarded phase. */
const TELL_STATE = `tell_state() {
for now in armed firing; do
what="$state/guard/$now/what"
[ "$(field "$what" run)" = "$run" ] || continue
echo "@guard $now"
sed -n -e 's/^run=/@run /p' -e 's/^phase=/@phase /p' "$what"
[ ! -e "$state/runs/$run/$(field "$what" snapshot)/proven" ] || echo '@proven yes'
[ $now = firing ] || echo "@left $(( $(field "$what" from) + $(field "$what" seconds) - $(uptime_seconds) ))"
return 0
done
for number in $(ls "$state/runs/$run" 2>/dev/null | sort -r); do
dir="$state/runs/$run/$number"
[ -f "$dir/outcome" ] || continue
echo "@guard $(cat "$dir/outcome")"
sed -n -e 's/^run=/@run /p' -e 's/^phase=/@phase /p' "$dir/what"
sed 's/^/@undone /' "$dir/undone" 2>/dev/null
sed 's/^/@failed /' "$dir/failed" 2>/dev/null
sed 's/^/@note /' "$dir/notes" 2>/dev/null
sed 's/^/@live /' "$dir/live-units" 2>/dev/null
return 0
done
echo '@guard none'
}
`;

/**
 * Confirms a phase: the guard is disarmed by one rename, which either this or the revert wins. Send it over a
 * connection made after the change. The reply tells the state; only `confirmed` with this phase is a confirmation. A round whose
 * state after the next boot has not been proven (see {@link proofFragment}) stays armed.
 */
export function confirmFragment(what: PhaseOfRun): Fragment {
  return {
    id: 'guard.confirm',
    script: `${prelude()}${BOOT_UNIT_FILES}${TELL_STATE}
run=${quote(checkedRun(what.run))}
check_state
if ${isOurs('armed', what)} && ${IS_PROVEN} && mv -T "$state/guard/armed" "$state/guard/confirmed" 2>/dev/null; then
what="$state/guard/confirmed/what"
dir="$state/runs/$run/$(field "$what" snapshot)"
echo confirmed >"$dir/outcome"
rm -f "$boot_link" "$boot_file" "$dir/reserve"
sync -f "$state" 2>/dev/null || sync
if [ "$(field "$what" by)" = systemd ]; then systemctl stop "$(field "$what" unit).timer"; else kill "$(field "$what" pid)"; fi
fi
tell_state`,
  };
}

/** Asks how the guard of a run stands; changes nothing. */
export function stateFragment(run: string): Fragment {
  return {
    id: 'guard.state',
    script: `${prelude()}${TELL_STATE}
run=${quote(checkedRun(run))}
if [ ! -e "$state" ] && [ ! -L "$state" ]; then echo '@guard none'; exit 0; fi
check_state
tell_state`,
  };
}

/**
 * Fires the guard of a run at once and waits for the end of it, 120 s at most; the reply tells the state. The revert
 * runs apart from the connection, which may break under it.
 */
export function revertNowFragment(run: string): Fragment {
  return {
    id: 'guard.revert',
    script: `${prelude()}${TELL_STATE}
run=${quote(checkedRun(run))}
check_state
for now in armed firing; do
what="$state/guard/$now/what"
[ "$(field "$what" run)" = "$run" ] || continue
dir="$state/runs/$run/$(field "$what" snapshot)"
if [ "$(field "$what" by)" = systemd ]; then
systemd-run --quiet --collect --property=KillMode=process --property=Type=oneshot --no-block --unit="$(field "$what" unit)-now" /bin/sh "$dir/way-back" fire 2>/dev/null
else
setsid sh "$dir/way-back" fire </dev/null >/dev/null 2>&1 &
fi
break
done
waited=0
while [ "$(field "$state/guard/armed/what" run)" = "$run" ] || [ "$(field "$state/guard/firing/what" run)" = "$run" ]; do
[ $waited -lt 240 ] || break
sleep 0.5 2>/dev/null || sleep 1
waited=$((waited + 1))
done
tell_state`,
  };
}

/** Reads the reply of {@link confirmFragment}, {@link stateFragment} or {@link revertNowFragment}. Throws when the node could not tell. */
export function parseGuard(reply: FragmentReply): GuardReport {
  const said = valuesOf(reply, 'guard')[0];
  const state = STATES.find((one) => one === said);
  if (reply.code !== 0 || state === undefined) {
    throw new Error(`the node can't tell how its guard stands: ${reasonOf(reply)}`);
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
    undone: valuesOf(reply, 'undone'),
    failed: valuesOf(reply, 'failed'),
    ...(notes.length > 0 ? { notes } : {}),
    ...(live.length > 0 ? { live } : {}),
  };
}
