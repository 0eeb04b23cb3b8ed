import { sameSource } from '../document/index.js';
import type { Playbook } from './types.js';

export interface DeepWanted {
  /** Whether all deep phases are measured. */
  readonly deep?: boolean | undefined;
  /** Names of phases that are asked for by name. */
  readonly phases?: readonly string[] | undefined;
}

/** The playbook without its deep phases, but for those that are asked for. */
export function withoutDeep(playbook: Playbook, { deep = false, phases = [] }: DeepWanted): Playbook {
  const isLeftOut = (phase: Playbook['phases'][number]): boolean =>
    phase.deep === true && !deep && !phases.includes(phase.name);
  if (!playbook.phases.some(isLeftOut)) return playbook;
  return sameSource({ ...playbook, phases: playbook.phases.filter((phase) => !isLeftOut(phase)) }, playbook);
}
