import type { GateKind } from './gate.js';
import type { StepKind } from './step.js';

/** All that is said about one subject, in one folder and one object; what works for every layer knows none of them. */
export interface Layer {
  readonly name: string;
  /** In the order in which messages list them. */
  readonly steps: readonly StepKind[];
  readonly gates: readonly GateKind[];
}

/** Kinds with parameters of their own as a table holds them: the schema has judged the parameters before a kind sees them. */
export const stepKinds = (...kinds: readonly Pick<StepKind, 'kind' | 'schema'>[]): readonly StepKind[] =>
  kinds as readonly StepKind[];

export const gateKinds = (...kinds: readonly Pick<GateKind, 'kind' | 'schema'>[]): readonly GateKind[] =>
  kinds as readonly GateKind[];
