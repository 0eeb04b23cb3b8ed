import type { Inventory } from '../model/inventory.js';
import type { GateKind } from './gate.js';
import { joinNeeds, type LabNeeds, ownNeeds } from './lab.js';
import type { Call, Description, Where } from './layer.js';
import { Selectors } from './selectors.js';
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

/** What `on:` can say. */
export const SELECTORS = new Selectors(LAYERS.flatMap(({ selectors = [] }) => selectors));

/** The placeholders of templates, and their values on a node. */
export function templateValues(where: Where): TemplateValues {
  return new Map(LAYERS.flatMap((layer) => [...(layer.values?.(where) ?? [])]));
}

/** What a lab of the inventory must have on its internet, for all layers and by its own `lab:`. */
export const labNeeds = (inventory: Inventory): Required<LabNeeds> =>
  joinNeeds([ownNeeds(inventory), ...LAYERS.map((layer) => layer.lab?.(inventory) ?? {})], inventory.lab);

/** What each layer shows of an inventory. */
export const descriptionsOf = (inventory: Inventory): Description[] =>
  LAYERS.flatMap((layer) => layer.describe?.(inventory) ?? []);

/** Who sends the first packet to whom, in all networks. */
export const callsOf = (inventory: Inventory): Call[] =>
  descriptionsOf(inventory).flatMap(({ calls = [] }) => calls);
