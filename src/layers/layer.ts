import type { Inventory, LayerValues, Network, Node } from '../model/inventory.js';
import type { GateKind } from './gate.js';
import type { Lint } from './lint.js';
import type { Resolution } from './resolution.js';
import type { StepKind } from './step.js';
import type { TemplateValues } from './template.js';

/** All that is said about one subject, in one folder and one object; what works for every layer knows none of them. */
export interface Layer {
  readonly name: string;
  readonly schema?: InventorySchema;
  /** Its own values from the raw keys; what is wrong with them it reports. */
  resolve?(work: Resolution): Partial<LayerValues>;
  /** What is wrong or doubtful with each thing by itself; asked of an inventory that is only partly sound, too. */
  lintParts?(inventory: Inventory): readonly Lint[];
  /** What only a sound inventory can be asked. */
  lintWhole?(inventory: Inventory): readonly Lint[];
  readonly selectors?: readonly SelectorWord[];
  /** Names that no node can have, besides its selectors, and what they mean instead: a whole sentence without its end. */
  readonly reservedNames?: ReadonlyMap<string, string>;
  /** What a template may name, and its value on a node. */
  values?(where: Where): TemplateValues;
  /** In the order in which messages list them. */
  readonly steps: readonly StepKind[];
  readonly gates: readonly GateKind[];
  readonly retirement?: Retirement;
  /** Names of the nodes whose facts these need, besides their own. */
  asks?(inventory: Inventory, chosen: ReadonlySet<string>): Iterable<string>;
  /** Whether a node passes packets on for others, and so has the most to change. */
  carries?(inventory: Inventory, node: string): boolean;
  /** sh conditions that hold where what it makes is up on a node, so that its gates are worth measuring yet. */
  ready?(inventory: Inventory, node: string): readonly string[];
  /** What `validate` shows of it. */
  describe?(inventory: Inventory): Description;
}

/** JSON Schemas by the key that they are of, and what they refer to below `#/definitions/`. */
export interface InventorySchema {
  readonly top?: Readonly<Record<string, object>>;
  readonly node?: Readonly<Record<string, object>>;
  readonly site?: Readonly<Record<string, object>>;
  readonly definitions?: Readonly<Record<string, object>>;
}

/** A word that stands for nodes in the `on:` of a playbook. */
export interface SelectorWord {
  readonly word: string;
  /** `the hubs` */
  readonly meaning: string;
  selects(inventory: Inventory, node: string): boolean;
  /** Why it may stand for no node at all. None: it stands for whatever the inventory calls for, and that may be nothing. */
  readonly nobody?: string;
}

export interface Where {
  readonly node: Node;
  readonly inventory: Inventory;
  readonly networks: readonly Network[];
}

/** A step that no playbook names: what is ours on a node and no longer wanted is taken out of use. */
export interface Retirement {
  readonly kind: StepKind;
  /** Kind of step before whose first one it comes, on all nodes. */
  readonly before: string;
  /** `wanted`: the steps that the playbook has for the node. */
  params(wanted: readonly { readonly kind: string; readonly params: unknown }[]): unknown;
}

export interface Description {
  /** Tables with a title each. */
  readonly sections: readonly { readonly title: string; readonly rows: readonly (readonly string[])[] }[];
  /** Keys of the JSON object and their values. */
  readonly json: Readonly<Record<string, unknown>>;
  /** `2 networks` */
  readonly count?: string;
}

/** Kinds with parameters of their own as a table holds them: the schema has judged the parameters before a kind sees them. */
export const stepKinds = (...kinds: readonly Pick<StepKind, 'kind' | 'schema'>[]): readonly StepKind[] =>
  kinds as readonly StepKind[];

export const gateKinds = (...kinds: readonly Pick<GateKind, 'kind' | 'schema'>[]): readonly GateKind[] =>
  kinds as readonly GateKind[];
