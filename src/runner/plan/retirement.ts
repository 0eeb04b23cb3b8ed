import { type SysctlParams, sysctlFile } from '../../layers/host/steps/sysctl.js';
import type { StepKind } from '../../layers/step.js';
import { type RetireParams, retireStep } from '../../layers/wireguard/retire/step.js';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook, Step } from '../../playbook/types.js';
import type { PhaseWork, StepWork } from './work.js';

export interface Laid {
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  readonly phases: readonly PhaseWork[];
  readonly surroundings: Pick<StepWork['context'], 'folder' | 'secrets'>;
}

/** Puts the retirement of what is no longer wanted before a playbook's first `wireguard` step, on all nodes, members or not. */
export function withRetirement({ inventory, playbook, phases, surroundings }: Laid): PhaseWork[] {
  const at = playbook.phases.findIndex(({ steps }) => steps.some(({ kind }) => kind === 'wireguard'));
  return phases.map((phase, index) => {
    if (index !== at) return phase;
    const step: Step = {
      id: `${phase.name}.retire`,
      kind: retireStep.kind,
      name: 'what is no longer wanted',
      on: ['all'],
      params: {},
    };
    const works = inventory.nodes.map((node): StepWork => {
      const params: RetireParams = { wantedSysctls: sysctlFilesOn(phases, node.name) };
      return {
        phase: phase.name,
        step,
        kind: retireStep as StepKind<unknown, unknown> as StepKind,
        node,
        context: { params, node, inventory, networks: [], ...surroundings },
      };
    });
    const before = phase.steps.findIndex(({ kind }) => kind.kind === 'wireguard');
    return { ...phase, steps: phase.steps.toSpliced(before < 0 ? phase.steps.length : before, 0, ...works) };
  });
}

function sysctlFilesOn(phases: readonly PhaseWork[], node: string): string[] {
  return phases
    .flatMap(({ steps }) => steps)
    .filter((work) => work.kind.kind === 'sysctl' && work.node.name === node)
    .map(({ step }) => sysctlFile(step.params as SysctlParams));
}
