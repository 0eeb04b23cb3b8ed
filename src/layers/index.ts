import type { GateKind } from './gate.js';
import type { Where } from './layer.js';
import type { StepKind } from './step.js';
import { LAYERS } from './table.js';
import type { TemplateValues } from './template.js';

/** Every kind of step by its name in a playbook. */
export const STEP_KINDS: ReadonlyMap<string, StepKind> = new Map(
  LAYERS.flatMap(({ steps }) => steps).map((kind) => [kind.kind, kind]),
);

/** Kinds that only commands use. */
export const COMMAND_STEPS: ReadonlyMap<string, StepKind> = new Map(
  LAYERS.flatMap(({ commandSteps = [] }) => commandSteps).map((kind) => [kind.kind, kind]),
);

/** Every kind of gate by its name in a playbook. */
export const GATE_KINDS: ReadonlyMap<string, GateKind> = new Map(
  LAYERS.flatMap(({ gates }) => gates).map((kind) => [kind.kind, kind]),
);

/** The placeholders of templates, and their values on a node. */
export function templateValues(where: Where): TemplateValues {
  return new Map(LAYERS.flatMap((layer) => [...(layer.values?.(where) ?? [])]));
}
