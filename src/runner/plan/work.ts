import { dirname, resolve } from 'node:path';
import { InputError, type Problem } from '../../core/errors.js';
import type { GateKind } from '../../layers/gate.js';
import { COMMAND_STEPS, GATE_KINDS, SELECTORS, STEP_KINDS, templateValues } from '../../layers/index.js';
import type { PairSecrets } from '../../layers/pair-secrets.js';
import type { StepContext, StepKind } from '../../layers/step.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory, Network, Node } from '../../model/inventory.js';
import { unknownName } from '../../playbook/index.js';
import { type Gate, type Playbook, type Step, selectorPlace } from '../../playbook/types.js';
import { withRetirement } from './retirement.js';

/** One step on one node. */
export interface StepWork {
  readonly phase: string;
  readonly step: Step;
  readonly kind: StepKind;
  readonly node: Node;
  readonly context: StepContext<unknown>;
}

/** One gate on all the nodes that it measures. */
export interface GateWork {
  readonly phase: string;
  readonly gate: Gate;
  readonly kind: GateKind;
  readonly nodes: readonly Node[];
  readonly networks: readonly Network[];
  /** Names of nodes that it would measure as well, if they could be reached. */
  readonly absent: readonly string[];
}

export interface PhaseWork {
  readonly name: string;
  readonly description?: string | undefined;
  readonly steps: readonly StepWork[];
  /** Steps that other shards see to, at the same time: the gates wait for them. */
  readonly awaited: readonly StepWork[];
  readonly gates: readonly GateWork[];
}

function networkName(params: unknown): string | undefined {
  const named = (params as { readonly network?: unknown } | null)?.network;
  return typeof named === 'string' ? named : undefined;
}

function networksFor(inventory: Inventory, params: unknown): readonly Network[] {
  const name = networkName(params);
  return name === undefined
    ? inventory.networks
    : inventory.networks.filter((network) => network.name === name);
}

function networkProblems(inventory: Inventory, params: unknown): string[] {
  const name = networkName(params);
  const known = inventory.networks.map((network) => network.name);
  return name === undefined || known.includes(name) ? [] : [unknownName('network', name, known)];
}

interface Surroundings {
  readonly inventory: Inventory;
  /** Of the playbook. */
  readonly folder: string;
  readonly secrets: PairSecrets;
}

function stepWork({ inventory, folder, secrets }: Surroundings, phase: string, step: Step): StepWork[] {
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

function gateWork(inventory: Inventory, phase: string, gate: Gate): GateWork {
  const kind = GATE_KINDS.get(gate.kind);
  if (!kind) throw new TypeError(`the playbook was not validated: gate ${gate.kind}`);
  const nodes = inventory.nodes.filter((node) =>
    gate.on.some((selector) => SELECTORS.selects(inventory, node, selector)),
  );
  return { phase, gate, kind, nodes, networks: networksFor(inventory, gate.params), absent: [] };
}

/**
 * Steps that are only read, never done: others depend on what they learn, and the playbook has none of their kind for it on the
 * node. Keys are not read if nothing in the playbook asks for them.
 */
export function unaskedReaders(
  inventory: Inventory,
  phases: readonly PhaseWork[],
  secrets: PairSecrets,
): StepWork[] {
  const all = phases.flatMap(({ steps }) => steps);
  const gates = phases.flatMap((phase) => phase.gates);
  const isKeyRead = [...all, ...gates].some(({ kind }) => kind.readsKeys);
  const covered = new Set(
    all.flatMap(({ step, node, context }) => [
      `${step.kind} ${node.name}`,
      ...context.networks.map(({ name }) => `${step.kind} ${node.name} ${name}`),
    ]),
  );
  return [...STEP_KINDS].flatMap(([kind, { learns }]) =>
    (learns?.(inventory) ?? []).flatMap(({ keysOf: network, nodes }) => {
      if (network !== undefined && !isKeyRead) return [];
      const about = network === undefined ? '' : ` ${network}`;
      const on = nodes.filter((node) => !covered.has(`${kind} ${node}${about}`));
      if (on.length === 0) return [];
      const id = network === undefined ? `known.${kind}` : `known.${kind}.${network}`;
      const step = { id, kind, name: kind, on, params: network === undefined ? {} : { network } };
      return stepWork({ inventory, folder: '.', secrets }, '', step);
    }),
  );
}

/**
 * Lays a playbook over an inventory: every phase's steps and gates with the nodes they concern.
 * Throws InputError with everything that the two together have wrong; nothing has been touched then.
 */
export function layOutPlaybook(inventory: Inventory, playbook: Playbook, secrets: PairSecrets): PhaseWork[] {
  const problems: Problem[] = [];
  const folder = dirname(resolve(playbook.file));
  const { file, places } = playbook;
  const note = (path: string, messages: readonly string[]): void => {
    for (const message of new Set(messages)) problems.push({ file, ...places?.get(path), path, message });
  };
  const noteSelectors = ({ id, on, optional = false }: Step | Gate): void => {
    for (const [index, selector] of on.entries()) {
      const wrong = SELECTORS.problem(inventory, selector, optional);
      const place = places?.get(selectorPlace(id, index));
      if (wrong) problems.push({ file, ...place, path: `${id}.on`, ...wrong });
    }
  };
  const phases = playbook.phases.map((phase): PhaseWork => {
    for (const entry of [...phase.steps, ...phase.gates]) {
      noteSelectors(entry);
      note(entry.id, networkProblems(inventory, entry.params));
    }
    const steps = phase.steps.flatMap((step) => stepWork({ inventory, folder, secrets }, phase.name, step));
    for (const step of phase.steps) {
      const own = steps.filter((work) => work.step === step);
      note(
        step.id,
        own.flatMap(({ kind, context }) => kind.check?.(context) ?? []),
      );
    }
    const gates = phase.gates
      .map((gate) => gateWork(inventory, phase.name, gate))
      .filter(
        ({ kind, nodes, networks }) => nodes.length > 0 && kind.concerns?.(inventory, networks) !== false,
      );
    return { name: phase.name, description: phase.description, steps, awaited: [], gates };
  });
  if (problems.length > 0) throw new InputError(problems);
  return [...withRetirement({ inventory, playbook, phases, surroundings: { folder, secrets } })];
}
