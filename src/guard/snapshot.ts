import { type Done, doneOrRefused, type Part } from '../remote/part.js';
import { quote } from '../remote/quote.js';
import snapshot from './fragments/snapshot.sh';
import { GUARD_SCRIPT } from './revert/index.js';
import { checkedLine, checkedRun, prelude } from './state-folder.js';
import type { PhaseOfRun, SnapshotRequest, Touches } from './types.js';

/** Runs of which a node keeps snapshots. */
export const KEPT_RUNS = 10;

/** More than there can be: every other run keeps to the usual number. */
const ALL_RUNS = 1000;

const LISTS = ['files', 'units', 'sysctls', 'interfaces'] as const;

function listsScript(touches: Touches): string {
  const lists = LISTS.map((name) => {
    const words = touches[name].map((word) => quote(checkedLine(word)));
    return `list ${name} ${words.join(' ')}`.trimEnd();
  });
  return [...lists, ...(touches.network ? ['list network yes'] : [])].join('\n');
}

/** sh that keeps a snapshot in `$dir`; it leaves `$run`, `$phase`, `$number` and `fail`. */
export function snapshotScript({ run, phase, touches, keepsAll }: SnapshotRequest): string {
  return `run=${quote(checkedRun(run))}
phase=${quote(checkedLine(phase))}
${snapshot}begin_snapshot
${listsScript(touches)}
printf '%s' ${quote(GUARD_SCRIPT)} | cat >"$dir/guard.sh" || fail "cannot write in $dir"
end_snapshot ${Buffer.byteLength(GUARD_SCRIPT)} ${keepsAll ? ALL_RUNS : KEPT_RUNS}
`;
}

/** Keeps what an unguarded phase is about to change, so that it can be undone later. */
export function snapshotFragment(request: SnapshotRequest): Part<Done> {
  return {
    id: 'guard.snapshot',
    required: true,
    script: `${prelude()}${snapshotScript(request)}rm -f "$dir/reserve"`,
    parse: doneOrRefused,
  };
}

/** sh test that the guard in a folder below `guard/` is that of this run and phase. */
export function isGuardOf(folder: string, { run, phase }: PhaseOfRun): string {
  const what = `"$state/guard/${folder}/what"`;
  return `[ "$(field ${what} run)" = ${quote(checkedRun(run))} ] && [ "$(field ${what} phase)" = ${quote(checkedLine(phase))} ]`;
}
