import type { GateKind } from './gate.js';
import type { StepKind } from './step.js';
import { LAYERS } from './table.js';

/** Every kind of step by its name in a playbook. */
export const STEP_KINDS: ReadonlyMap<string, StepKind> = new Map(
  LAYERS.flatMap(({ steps }) => steps).map((kind) => [kind.kind, kind]),
);

/** Every kind of gate by its name in a playbook. */
export const GATE_KINDS: ReadonlyMap<string, GateKind> = new Map(
  LAYERS.flatMap(({ gates }) => gates).map((kind) => [kind.kind, kind]),
);
