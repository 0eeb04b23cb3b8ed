import type { Position } from '../document/index.js';
import type { Selector } from '../layers/selectors.js';

export interface Step {
  /** Unique within the playbook: `tunnel.1`. */
  readonly id: string;
  readonly kind: string;
  /** What people read; the kind and its main parameter unless the playbook names it. */
  readonly name: string;
  readonly on: readonly Selector[];
  /** It may concern no node at all. */
  readonly optional?: boolean;
  /** Shell test run on the node; the step is skipped if it fails. */
  readonly when?: string;
  /** Whether its changes are made under the node's guard; left out, each change's own nature decides. */
  readonly guard?: boolean;
  readonly params: unknown;
}

export interface Gate {
  /** Unique within the playbook: `tunnel.gate-1`. */
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly on: readonly Selector[];
  /** It may concern no node at all. */
  readonly optional?: boolean;
  readonly params: unknown;
}

export interface Phase {
  readonly name: string;
  readonly description?: string;
  /** Measured only if it is asked for: it takes minutes. */
  readonly deep?: true;
  readonly steps: readonly Step[];
  readonly gates: readonly Gate[];
}

export interface Playbook {
  readonly file: string;
  readonly name: string;
  readonly description?: string;
  readonly phases: readonly Phase[];
  /** Where in the file steps and gates are, by id, and their selectors, by {@link selectorPlace}. */
  readonly places?: ReadonlyMap<string, Position>;
}

/** Key of a selector among the places of a playbook; `index` counts from 0. */
export function selectorPlace(entry: string, index: number): string {
  return `${entry}.on.${index}`;
}
