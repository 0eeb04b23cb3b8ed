import type { Inventory } from '../model/inventory.js';
import type { GateKind } from './gate.js';
import type { Call, Description, Where } from './layer.js';
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

/** What each layer shows of an inventory. */
export const descriptionsOf = (inventory: Inventory): Description[] =>
  LAYERS.flatMap((layer) => layer.describe?.(inventory) ?? []);

/** Who sends the first packet to whom, in all networks. */
export const callsOf = (inventory: Inventory): Call[] =>
  descriptionsOf(inventory).flatMap(({ calls = [] }) => calls);
