import type { Fragment, FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import { reasonOf, valuesOf } from './reply.js';
import { WAY_BACK } from './revert/index.js';
import { checkedLine, checkedRun, prelude } from './state-folder.js';
import type { PhaseOfRun, SnapshotOutcome, SnapshotRequest, Touches } from './types.js';

/** Runs of which a node keeps snapshots. */
export const KEPT_RUNS = 10;

const LISTS = ['files', 'units', 'sysctls', 'interfaces'] as const;

function listsScript(touches: Touches): string {
  const lists = LISTS.map((name) => {
    const words = touches[name].map((word) => quote(checkedLine(word)));
    return `list ${name} ${words.join(' ')}`.trimEnd();
  });
  return [...lists, ...(touches.network ? ['list network yes'] : [])].join('\n');
}

/**
 * sh that keeps a snapshot in `$dir`, a numbered folder of its own below the run's. It brings its own way back with it,
 * so that a later version of Bridgehead can't fail to read it. `fail` takes the folder away again and refuses.
 */
export function snapshotScript({ run, phase, touches }: SnapshotRequest): string {
  return `run=${quote(checkedRun(run))}
phase=${quote(checkedLine(phase))}
open_state
with_mutex
[ "$(field "$state/lock/holder" run)" = "$run" ] || refuse 'this run does not hold the lock of this node'
is_armed && refuse "a guard of run $(field "$state/guard/armed/what" run) is armed on this node; wait until it is over"
runs="$state/runs"
[ -d "$runs/$run" ] || mkdir "$runs/$run" || refuse "cannot write in $state"
last=
for one in $(ls "$runs/$run"); do last=\${one#"\${one%%[!0]*}"}; done
number=$(printf '%04d' $((\${last:-0} + 1)))
dir="$runs/$run/$number"
fail() { rm -rf "$dir"; rmdir "$runs/$run" 2>/dev/null; refuse "$1"; }
list() { name=$1; shift; [ $# = 0 ] || printf '%s\\n' "$@" | cat >"$dir/$name.list" || fail "cannot write in $dir"; }
mkdir "$dir" || fail "cannot write in $state"
printf '%s\\n' "run=$run" "phase=$phase" "since=$(date -u +%Y-%m-%dT%H:%M:%SZ)" "boot=$(boot_id)" | cat >"$dir/what" || fail "cannot write in $dir"
${listsScript(touches)}
printf '%s' ${quote(WAY_BACK)} | cat >"$dir/way-back" || fail "cannot write in $dir"
[ "$(stat -c %s "$dir/way-back")" = ${Buffer.byteLength(WAY_BACK)} ] || fail "cannot write in $dir"
sh "$dir/way-back" snapshot 9>&- || fail 'the way back could not be made sure of'
set -- $(ls "$runs")
while [ $# -gt ${KEPT_RUNS} ]; do rm -rf "$runs/$1"; shift; done
sync -f "$dir" 2>/dev/null || sync`;
}

/** Keeps what an unguarded phase is about to change, so that it can be undone later. */
export function snapshotFragment(request: SnapshotRequest): Fragment {
  return {
    id: 'guard.snapshot',
    required: true,
    script: `${prelude()}${snapshotScript(request)}
rm -f "$dir/reserve"
echo "@snapshot $number"`,
  };
}

/** Reads the reply of {@link snapshotFragment}. */
export function parseSnapshot(reply: FragmentReply): SnapshotOutcome {
  const [snapshot] = valuesOf(reply, 'snapshot');
  if (reply.code !== 0 || snapshot === undefined) return { kind: 'refused', reason: reasonOf(reply) };
  return { kind: 'kept', snapshot };
}

/** sh test that the guard in a folder below `guard/` is that of this run and phase. */
export function isOurs(folder: string, { run, phase }: PhaseOfRun): string {
  const what = `"$state/guard/${folder}/what"`;
  return `[ "$(field ${what} run)" = ${quote(checkedRun(run))} ] && [ "$(field ${what} phase)" = ${quote(checkedLine(phase))} ]`;
}
