import type { Fragment, FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import { reasonOf, valuesOf } from './reply.js';
import { checkedLine, checkedRun, prelude } from './state-folder.js';
import type { KeptRun, UndoOutcome } from './types.js';

export interface UndoChoice {
  /** Phases as the snapshots name them; all of the run's when left out. */
  readonly phases?: readonly string[];
  /** Run id of a guard that may be armed, because it watches over this very undo. */
  readonly guardedBy?: string;
}

/** Puts back the snapshots of a run on a node, newest first, in the one fragment; refused while a guard is armed. */
export function undoFragments(run: string, { phases, guardedBy = '' }: UndoChoice = {}): Fragment[] {
  const wanted = (phases ?? []).map((phase) => quote(checkedLine(phase))).join(' ');
  const chosen =
    phases === undefined
      ? ''
      : `hit=
for one in ${wanted}; do [ "$one" != "$(field "$dir/what" phase)" ] || hit=yes; done
[ -n "$hit" ] || continue
`;
  return [
    {
      id: 'guard.undo',
      script: `${prelude()}
run=${quote(checkedRun(run))}
if [ ! -e "$state" ] && [ ! -L "$state" ]; then echo '@undo unknown'; exit 0; fi
check_state
is_armed && [ "$(field "$state/guard/armed/what" run)" != ${quote(guardedBy === '' ? '' : checkedRun(guardedBy))} ] && refuse 'a guard is armed on this node; wait until it is over'
[ -d "$state/runs/$run" ] || { echo '@undo unknown'; exit 0; }
for number in $(ls "$state/runs/$run" | sort -r); do
dir="$state/runs/$run/$number"
[ -f "$dir/way-back" ] && [ -f "$dir/complete" ] || continue
${chosen}echo "@phase $(field "$dir/what" phase)"
sh "$dir/way-back" restore </dev/null >/dev/null 2>&1
sed 's/^/@undone /' "$dir/undone" 2>/dev/null
sed 's/^/@failed /' "$dir/failed" 2>/dev/null
[ -s "$dir/failed" ] || echo ${quote(guardedBy === '' ? '' : checkedRun(guardedBy))} >"$dir/undo-done"
done
echo '@undo done'`,
    },
  ];
}

/** Reads the reply of {@link undoFragments}. */
export function parseUndo(reply: FragmentReply): UndoOutcome {
  const said = valuesOf(reply, 'undo')[0];
  if (reply.code !== 0 || said === undefined) return { kind: 'refused', reason: reasonOf(reply) };
  if (said === 'unknown') return { kind: 'unknown' };
  const phases = [...new Set(valuesOf(reply, 'phase'))];
  const undone = valuesOf(reply, 'undone');
  const failed = valuesOf(reply, 'failed');
  return failed.length > 0 ? { kind: 'failed', phases, undone, failed } : { kind: 'undone', phases, undone };
}

/** Lists the runs of which the node keeps snapshots. */
export function listRunsFragment(): Fragment {
  return {
    id: 'guard.runs',
    script: `${prelude()}
if [ ! -e "$state" ] && [ ! -L "$state" ]; then exit 0; fi
check_state
# Not where the guard of the undo has reverted it.
is_undone() {
[ -f "$dir/undo-done" ] || return 1
read -r by <"$dir/undo-done" || return 0
for one in $(ls "$state/runs/\${by:-none}" 2>/dev/null); do
! grep -qs '^revert' "$state/runs/$by/$one/outcome" || return 1
done
}
for run in $(ls "$state/runs" 2>/dev/null | sort); do
echo "@run $run"
for number in $(ls "$state/runs/$run" | sort); do
dir="$state/runs/$run/$number"
[ -f "$dir/complete" ] || continue
echo "@since $(field "$dir/what" since)"
echo "@phase $(field "$dir/what" phase)"
[ ! -f "$dir/outcome" ] || echo "@outcome $(cat "$dir/outcome")"
[ ! -s "$dir/interfaces.list" ] || sed 's/^/@interface /' "$dir/interfaces.list"
is_undone || echo '@standing yes'
done
done`,
  };
}

type Outcome = KeptRun['phases'][number]['outcome'];
const OUTCOMES: readonly Outcome[] = ['confirmed', 'reverted', 'revert-failed'];

/** Reads the reply of {@link listRunsFragment}, oldest first. Throws when the node could not tell. */
export function parseRuns(reply: FragmentReply): readonly KeptRun[] {
  if (reply.code !== 0) throw new Error(`the node can't tell which runs it keeps: ${reasonOf(reply)}`);
  return `\n${reply.stdout}`
    .split('\n@run ')
    .slice(1)
    .map((block): KeptRun => {
      const [run = '', ...lines] = block.split('\n');
      const phases = lines
        .join('\n')
        .split('@phase ')
        .slice(1)
        .map((part) => {
          const said = /^@outcome (.*)$/m.exec(part)?.[1];
          const outcome = OUTCOMES.find((one) => one === said);
          const interfaces = [...part.matchAll(/^@interface (.*)$/gm)].map(([, name = '']) => name);
          return {
            phase: part.split('\n')[0] ?? '',
            ...(outcome === undefined ? {} : { outcome }),
            ...(interfaces.length === 0 ? {} : { interfaces }),
          };
        });
      const since = lines.find((line) => line.startsWith('@since '))?.slice('@since '.length) ?? '';
      return { run, since, undone: phases.length > 0 && !lines.includes('@standing yes'), phases };
    });
}
