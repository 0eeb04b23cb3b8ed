import type { KeptRun } from '../../guard/index.js';
import { isStanding, type NodeRuns } from '../../runner/undo/kept-runs.js';
import { keptPhases, thingsText } from '../../runner/undo/kept-things.js';
import type { Paint } from '../colour.js';
import { indent, table } from '../table.js';
import { wrapWords } from '../text.js';

/** The runs that nodes have kept, newest first: when, and what each changed where. */
export function runsText(kept: readonly NodeRuns[], paint: Paint, width: number): string {
  const ids = [...new Set(kept.flatMap(({ runs }) => runs.map(({ run }) => run)))].sort().reverse();
  if (ids.length === 0) return 'the nodes have kept no run\n';
  return ids.map((run) => runText(kept, run, { paint, width })).join('\n');
}

/** One run: when, and what it changed, nodes with the same changes on one line. */
export function runText(
  kept: readonly NodeRuns[],
  run: string,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const found = kept.flatMap(({ node, runs }) =>
    runs.filter((one) => one.run === run).map((one) => ({ node, one })),
  );
  const since = found.map(({ one }) => one.since).sort()[0] ?? '';
  const when = since.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\dZ$/, '$1 $2 UTC');
  const rows = new Map<string, string[]>();
  for (const { node, one } of found) {
    const text = phasesText(one);
    rows.set(text, [...(rows.get(text) ?? []), node]);
  }
  const named = [...rows].map(([text, nodes]) => [nodes.join(', '), text] as const);
  const room = width - 4 - Math.max(0, ...named.map(([nodes]) => nodes.length));
  const lines = named.flatMap(([nodes, text]) =>
    text
      .split('\n')
      .flatMap((line) => wrapWords(line, room, 2))
      .map((line, index) => [index === 0 ? nodes : '', line]),
  );
  return `${paint.strong(run)}  ${when}\n${indent(table(lines).join('\n'), 2)}\n`;
}

function phasesText(run: KeptRun): string {
  const state = isStanding(run) || !run.undone ? '' : ' (undone)';
  return keptPhases(run)
    .map(
      (phase) => `${phase.label}${phase.isReverted ? ' (reverted by the guard)' : state}${thingsText(phase)}`,
    )
    .join('\n');
}
