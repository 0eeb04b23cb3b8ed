import type { Inventory, LayerValues, Network, Node, Opening } from '../model/inventory.js';
import type { GateKind } from './gate.js';
import type { LabNeeds } from './lab.js';
import type { Lint } from './lint.js';
import type { Resolution } from './resolution.js';
import type { StepKind } from './step.js';
import type { TemplateValues } from './template.js';

/** Everything about one subject, in one folder and one object; code that works for every layer names none of them. */
export interface Layer {
  readonly name: string;
  readonly schema?: InventorySchema;
  /** Its values from the raw keys; reports what is wrong with them. */
  resolve?(work: Resolution): Partial<LayerValues>;
  /** What follows from the values of all layers, such as the nodes that a selector means; reports what is wrong. */
  derive?(inventory: Inventory, work: Resolution): Partial<LayerValues>;
  /** Ports that must be reachable for it; asked of a valid inventory. */
  openings?(inventory: Inventory): readonly Opening[];
  /** Problems and doubts about single entries; also works on an inventory that is only partly valid. */
  lintParts?(inventory: Inventory): readonly Lint[];
  /** Lints that need a valid inventory. */
  lintWhole?(inventory: Inventory): readonly Lint[];
  readonly selectors?: readonly SelectorWord[];
  /** Names that no node can have, besides its selectors, with their meaning as a sentence without a full stop. */
  readonly reservedNames?: ReadonlyMap<string, string>;
  /** The placeholders of templates, and their values on a node. */
  values?(where: Where): TemplateValues;
  /** In the order in which messages list them. */
  readonly steps: readonly StepKind[];
  /** Steps that no playbook names: a command makes a playbook of them. */
  readonly commandSteps?: readonly StepKind[];
  readonly gates: readonly GateKind[];
  readonly retirement?: Retirement;
  /** Names of the nodes whose facts these nodes need, besides their own. */
  asks?(inventory: Inventory, chosen: ReadonlySet<string>): Iterable<string>;
  /** Whether a node forwards packets for others, and so has the most to change. */
  carries?(inventory: Inventory, node: string): boolean;
  /** sh conditions that hold once what the layer makes is up on a node, so that its gates are worth measuring. */
  ready?(inventory: Inventory, node: string): readonly string[];
  /** What the lab must have for it. */
  lab?(inventory: Inventory): LabNeeds;
  /** What `validate` shows of it. */
  describe?(inventory: Inventory): Description;
}

/** JSON Schemas by key, and the definitions that they refer to below `#/definitions/`. */
export interface InventorySchema {
  readonly top?: Readonly<Record<string, object>>;
  readonly node?: Readonly<Record<string, object>>;
  readonly site?: Readonly<Record<string, object>>;
  readonly definitions?: Readonly<Record<string, object>>;
  /** What `kind` of an entry of `networks:` says, and the name of the definition that then describes it. */
  readonly networkKinds?: Readonly<Record<string, string>>;
}

/** A word for nodes in the `on:` of a playbook. */
export interface SelectorWord {
  readonly word: string;
  /** `the hubs` */
  readonly meaning: string;
  selects(inventory: Inventory, node: string): boolean;
  /** Why selecting no node is an error, in words. Absent: it selects whatever the inventory has, which may be nothing. */
  readonly nobody?: string;
}

export interface Where {
  readonly node: Node;
  readonly inventory: Inventory;
  readonly networks: readonly Network[];
}

/** A step that no playbook names: it retires what is ours on a node and no longer wanted. */
export interface Retirement {
  readonly kind: StepKind;
  /** It runs on all nodes before the first step of this kind. */
  readonly before: string;
  /** `wanted`: the steps that the playbook has for the node. */
  params(wanted: readonly { readonly kind: string; readonly params: unknown }[]): unknown;
}

/** One node or client that calls another, in one network. */
export interface Call {
  readonly network: string;
  readonly from: string;
  readonly to: string;
  /** `203.0.113.10:51820`; the name of the relay if there is one between them. */
  readonly at: string;
  /** `lan`: in the same site; `public`: its own address; `forward`: a port of its router. */
  readonly via: 'lan' | 'public' | 'forward' | 'relay';
  /** The site whose LAN or whose router it is. */
  readonly site?: string;
  /** Seconds between the packets that keep the way open. */
  readonly keepalive?: number;
}

export interface Description {
  /** Tables with a title each, and a heading for each column where these say little by themselves. */
  readonly sections: readonly {
    readonly title: string;
    readonly head?: readonly string[];
    readonly rows: readonly (readonly string[])[];
  }[];
  /** Who sends the first packet to whom, for the drawing of the network. */
  readonly calls?: readonly Call[];
  /** Keys of the JSON object and their values. */
  readonly json: Readonly<Record<string, unknown>>;
  /** `2 networks` */
  readonly count?: string;
}

/** The type of kinds in a table: the schema has checked the parameters before a kind sees them. */
export const stepKinds = (...kinds: readonly Pick<StepKind, 'kind' | 'schema'>[]): readonly StepKind[] =>
  kinds as readonly StepKind[];

export const gateKinds = (...kinds: readonly Pick<GateKind, 'kind' | 'schema'>[]): readonly GateKind[] =>
  kinds as readonly GateKind[];
