import { InputError } from '../../core/errors.js';
import type { GateKind } from '../../layers/gate.js';
import { GATE_KINDS, SELECTORS, STEP_KINDS } from '../../layers/index.js';
import type { PairSecrets } from '../../layers/pair-secrets.js';
import type { Inventory, Network, Node } from '../../model/inventory.js';
import type { Gate, Playbook } from '../../playbook/types.js';
import { misfitsOf } from './misfits.js';
import { withRetirement } from './retirement.js';
import { folderOf, networksFor, type StepWork, stepWork } from './step-work.js';

export type { StepWork } from './step-work.js';

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
  const problems = misfitsOf(inventory, playbook, { secrets });
  if (problems.length > 0) throw new InputError(problems);
  const surroundings = { inventory, folder: folderOf(playbook), secrets };
  const phases = playbook.phases.map((phase): PhaseWork => {
    const steps = phase.steps.flatMap((step) => stepWork(surroundings, phase.name, step));
    const gates = phase.gates
      .map((gate) => gateWork(inventory, phase.name, gate))
      .filter(
        ({ kind, nodes, networks }) => nodes.length > 0 && kind.concerns?.(inventory, networks) !== false,
      );
    return { name: phase.name, description: phase.description, steps, awaited: [], gates };
  });
  return [...withRetirement({ inventory, playbook, phases, surroundings })];
}
