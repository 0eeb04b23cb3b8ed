import type { ReportedError } from '../../runner/events/events.js';

/** An error, and all nodes that had the same. */
export interface ErrorGroup {
  readonly error: ReportedError;
  readonly nodes: readonly string[];
}

/** Errors that differ only in their node, together. */
export function groupErrors(errors: readonly ReportedError[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const error of errors) {
    const { code, message, phase, step, evidence, fix } = error;
    const key = JSON.stringify([code, message, phase, step, evidence, fix]);
    const nodes = [...(groups.get(key)?.nodes ?? []), ...(error.node === undefined ? [] : [error.node])];
    groups.set(key, { error, nodes });
  }
  return [...groups.values()];
}

/** Nodes, phase and step, as far as they are known: `wk-1, wk-2 / tunnel / wireguard wg0`. */
export function placeOfErrors({ error, nodes }: ErrorGroup): string {
  return [nodes.join(', '), error.phase, error.step].filter(Boolean).join(' / ');
}
