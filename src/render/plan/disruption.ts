import type { PlannedChange } from '../../runner/events/events.js';
import type { RecordedStep } from '../report/record.js';

/** How many kinds of disruption are listed; the rest are counted, as each is shown with its change. */
const NAMED = 4;

/** What all the changes together disrupt, the worst first: `restarts wg0: about 1 s (ms-1)`. */
export function disruptionText(steps: readonly RecordedStep[]): string {
  const felt = new Map<string, { readonly outage: boolean; readonly nodes: Set<string> }>();
  for (const { node, changes } of steps) {
    for (const change of changes) {
      const detail = disruptionOf(change);
      if (detail === undefined) continue;
      const one = felt.get(detail) ?? { outage: change.disruption.level === 'outage', nodes: new Set() };
      felt.set(detail, { ...one, nodes: one.nodes.add(node) });
    }
  }
  if (felt.size === 0) return 'no session is cut';
  const worstFirst = [...felt].toSorted(([, a], [, b]) => Number(b.outage) - Number(a.outage));
  const texts = worstFirst.map(([detail, { nodes }]) =>
    nodes.size > 2 ? `${detail} (${nodes.size} nodes)` : `${detail} (${[...nodes].join(', ')})`,
  );
  if (texts.length <= NAMED) return texts.join(', ');
  const rest = worstFirst.slice(NAMED - 1);
  const cuts = rest.some(([, { outage }]) => outage) ? 'cuts' : 'brief cuts';
  return `${texts.slice(0, NAMED - 1).join(', ')}, and ${rest.length} more ${cuts}, listed with their changes`;
}

/** What one change disrupts; undefined for nothing. */
export function disruptionOf({ disruption: { level, detail } }: PlannedChange): string | undefined {
  if (level === 'none') return undefined;
  return detail ?? (level === 'brief' ? 'a brief cut' : 'an outage');
}
