import { templateValues } from '../../layers/index.js';
import type { Retirement } from '../../layers/layer.js';
import { LAYERS } from '../../layers/table.js';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook, Step } from '../../playbook/types.js';
import type { PhaseWork, StepWork } from './work.js';

export interface Laid {
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  readonly phases: readonly PhaseWork[];
  readonly surroundings: Pick<StepWork['context'], 'folder' | 'secrets'>;
}

/** Puts the retirement of what is no longer wanted before a playbook's first step that would make the like, on all nodes. */
export function withRetirement({ phases, ...laid }: Laid): readonly PhaseWork[] {
  return LAYERS.flatMap(({ retirement = [] }) => retirement).reduce(
    (now: readonly PhaseWork[], retirement) => withOne({ ...laid, phases: now }, retirement),
    phases,
  );
}

function withOne(
  { inventory, playbook, phases, surroundings }: Laid,
  { kind, before, params }: Retirement,
): readonly PhaseWork[] {
  const at = playbook.phases.findIndex(({ steps }) => steps.some((step) => step.kind === before));
  return phases.map((phase, index) => {
    if (index !== at) return phase;
    const step: Step = {
      id: `${phase.name}.${kind.kind}`,
      kind: kind.kind,
      name: 'what is no longer wanted',
      on: ['all'],
      params: {},
    };
    const works = inventory.nodes.map((node): StepWork => {
      const wanted = phases
        .flatMap(({ steps }) => steps)
        .filter((work) => work.node.name === node.name)
        .map((work) => ({ kind: work.kind.kind, params: work.step.params }));
      const values = templateValues({ node, inventory, networks: [] });
      const context = { params: params(wanted), node, inventory, networks: [], values, ...surroundings };
      return { phase: phase.name, step, kind, node, context };
    });
    const first = phase.steps.findIndex((work) => work.kind.kind === before);
    return { ...phase, steps: phase.steps.toSpliced(first < 0 ? phase.steps.length : first, 0, ...works) };
  });
}
