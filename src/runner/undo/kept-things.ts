import { count } from '../../core/text.js';
import type { KeptRun } from '../../guard/index.js';

/** Number of things that are named. */
const SHOWN = 4;

/** What a node has kept of one phase of a run. */
export interface KeptPhase {
  /** Under which the node has kept it. */
  readonly label: string;
  /** Files, units and kernel settings that it was to touch. */
  readonly touched: readonly string[];
  readonly interfaces: readonly string[];
  /** Whether any of it was reverted already, and whether any of it is still in force. */
  readonly isReverted: boolean;
  readonly isStanding: boolean;
}

/** The phases of a run, oldest first, each once, however many snapshots there are of it. */
export function keptPhases({ phases }: KeptRun): KeptPhase[] {
  const kept = new Map<string, KeptPhase>();
  for (const { phase: label, outcome, touched = [], interfaces = [] } of phases) {
    const known = kept.get(label);
    kept.set(label, {
      label,
      touched: [...new Set([...(known?.touched ?? []), ...touched])],
      interfaces: [...new Set([...(known?.interfaces ?? []), ...interfaces])],
      isReverted: outcome === 'reverted' || known?.isReverted === true,
      isStanding: outcome !== 'reverted' || known?.isStanding === true,
    });
  }
  return [...kept.values()];
}

/** `: /etc/motd, interface wg0 and 3 more`; empty if there is nothing to name. */
export function thingsText({ touched, interfaces }: Pick<KeptPhase, 'touched' | 'interfaces'>): string {
  const things = [...touched, ...interfaces.map((name) => `interface ${name}`)];
  if (things.length === 0) return '';
  const more = things.length > SHOWN ? [`and ${count(things.length - SHOWN, 'more', 'more')}`] : [];
  return `: ${[...things.slice(0, SHOWN), ...more].join(', ')}`;
}
