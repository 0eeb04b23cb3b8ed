import { dirname, resolve } from 'node:path';
import { COMMAND_STEPS, SELECTORS, STEP_KINDS, templateValues } from '../../layers/index.js';
import type { PairSecrets } from '../../layers/pair-secrets.js';
import type { StepContext, StepKind } from '../../layers/step.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory, Network, Node } from '../../model/inventory.js';
import type { Playbook, Step } from '../../playbook/types.js';

/** One step on one node. */
export interface StepWork {
  readonly phase: string;
  readonly step: Step;
  readonly kind: StepKind;
  readonly node: Node;
  readonly context: StepContext<unknown>;
}

/** The network that the parameters of a step or gate name. */
export function networkName(params: unknown): string | undefined {
  const named = (params as { readonly network?: unknown } | null)?.network;
  return typeof named === 'string' ? named : undefined;
}

/** The networks that a step or gate is about. */
export function networksFor(inventory: Inventory, params: unknown): readonly Network[] {
  const name = networkName(params);
  return name === undefined
    ? inventory.networks
    : inventory.networks.filter((network) => network.name === name);
}

export interface Surroundings {
  readonly inventory: Inventory;
  /** Of the playbook. */
  readonly folder: string;
  readonly secrets: PairSecrets;
}

/** A step on each node that it concerns. */
export function stepWork(
  { inventory, folder, secrets }: Surroundings,
  phase: string,
  step: Step,
): StepWork[] {
  const kind = STEP_KINDS.get(step.kind) ?? COMMAND_STEPS.get(step.kind);
  if (!kind) throw new TypeError(`the playbook was not validated: step ${step.kind}`);
  const networks = networksFor(inventory, step.params);
  return inventory.nodes
    .filter((node) => step.on.some((selector) => SELECTORS.selects(inventory, node, selector)))
    .map((node) => {
      const own = networksOf({ networks }, node.name);
      return {
        phase,
        step,
        kind,
        node,
        context: {
          params: step.params,
          node,
          inventory,
          networks: own,
          folder,
          values: templateValues({ node, inventory, networks: own }),
          secrets,
        },
      };
    });
}

/** What relative paths of a playbook are relative to. */
export const folderOf = ({ file }: Playbook): string => dirname(resolve(file));
