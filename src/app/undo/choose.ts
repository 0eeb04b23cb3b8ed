import { BridgeheadError } from '../../core/errors.js';
import { didYouMean } from '../../document/nearest.js';
import { clean } from '../../render/clean.js';
import { isStanding, isUndoable, lastRun, type NodeRuns } from '../../runner/undo/kept-runs.js';

export interface UndoChoice {
  /** A run as typed. */
  readonly run?: string | undefined;
  /** Every run after this one. */
  readonly to?: string | undefined;
  /** Every run that the nodes have kept. */
  readonly all?: boolean | undefined;
}

/** A run to undo, and what the nodes that it changed have kept. */
export interface ChosenRun {
  readonly run: string;
  readonly kept: readonly NodeRuns[];
}

/** The runs to undo, newest first, each with the nodes on which something is left to undo. Throws E_USAGE if there is none. */
export function chooseRuns(kept: readonly NodeRuns[], choice: UndoChoice): ChosenRun[] {
  const { run, to } = choice;
  for (const named of [run, to]) if (named !== undefined) refuseStranger(kept, named);
  const ids = idsOf(kept, choice);
  if (ids.length === 0) throw nothingLeft({ run, to });
  return ids.map((id) => ({
    run: id,
    kept: kept.filter(({ runs }) => runs.some((one) => one.run === id && isStanding(one))),
  }));
}

/**
 * Throws E_USAGE if it isn't what would have been undone before other runs were waited for: who names no run means the last one of
 * when the command was typed. `before`: what the nodes had kept then.
 */
export function refuseOthers(
  chosen: readonly ChosenRun[],
  before: readonly NodeRuns[],
  choice: UndoChoice,
): void {
  const { run, to, all } = choice;
  if (run !== undefined) return;
  const then = idsOf(before, choice);
  const now = chosen.map((one) => one.run);
  if (then.join() === now.join()) return;
  const last = to === undefined && all !== true;
  const what = last ? 'the last run is now' : 'the runs to undo are now';
  throw new BridgeheadError(
    'E_USAGE',
    clean(`the nodes were changed while this undo waited for another run: ${what} ${now.join(', ')}`),
    {
      fix: last
        ? 'nothing was undone; `bridgehead undo --list` shows what each run changed: name the one that you mean'
        : 'nothing was undone; `bridgehead undo --list` shows what each run changed',
    },
  );
}

function refuseStranger(kept: readonly NodeRuns[], named: string): void {
  const known = [...new Set(kept.flatMap(({ runs }) => runs.map((one) => one.run)))].sort();
  if (known.includes(named)) return;
  const guess = didYouMean(named, known);
  throw new BridgeheadError('E_USAGE', `no node has a snapshot of run ${clean(named)} to undo`, {
    fix:
      known.length === 0
        ? 'no node has a snapshot of any run'
        : clean(`${guess === undefined ? '' : `${guess} `}the nodes have snapshots of: ${known.join(', ')}`),
  });
}

/** Newest first. */
function idsOf(kept: readonly NodeRuns[], { run, to, all }: UndoChoice): string[] {
  const single = run ?? lastRun(kept);
  const isChosen = (id: string): boolean => (to === undefined ? all === true || id === single : id > to);
  const found = kept.flatMap(({ runs }) =>
    runs.filter((one) => isChosen(one.run) && (one.run === run ? isStanding(one) : isUndoable(one))),
  );
  return [...new Set(found.map((one) => one.run))].sort().reverse();
}

function nothingLeft({ run, to }: UndoChoice): BridgeheadError {
  const what = run !== undefined ? ` of run ${run}` : to !== undefined ? ` after run ${to}` : '';
  return new BridgeheadError('E_USAGE', `there is nothing${what} to undo`, {
    fix: '`bridgehead undo --list` shows the runs that the nodes have kept',
  });
}
