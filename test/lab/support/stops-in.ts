import type { Verdict } from '../../../src/layers/gate.js';

/** `ms-1 -> wk-1: seen` for every finding that is a STOP. */
export function stopsIn(verdict: Verdict | undefined): string[] {
  if (!verdict) throw new Error('no verdict');
  return verdict.findings
    .filter(({ go }) => !go)
    .map(({ node, peer, seen }) => `${node}${peer === undefined ? '' : ` -> ${peer}`}: ${seen}`);
}
