import type { KeyedPair } from '../../layers/pair-secrets.js';
import type { RunContext } from '../context.js';
import type { StepWork } from './work.js';

/** Pairs that are to be given a new key by these steps, by whether this run may change both of a pair. */
export interface WantedSecrets {
  readonly own: readonly KeyedPair[];
  readonly split: readonly KeyedPair[];
}

export function wantedSecrets(
  { inventory, chosen, absent, observations }: RunContext,
  works: readonly StepWork[],
): WantedSecrets {
  const isLeftAlone = (name: string): boolean =>
    absent.has(name) || (!chosen.has(name) && inventory.nodes.some((node) => node.name === name));
  const pairs = works.flatMap((work) => observations.wantedSecrets(work));
  const isSplit = ({ nodes }: KeyedPair): boolean => nodes.some(isLeftAlone);
  return { own: pairs.filter((pair) => !isSplit(pair)), split: pairs.filter(isSplit) };
}

/** Has the keys made that these steps are to be planned with: called once they were read, before they are planned. */
export function makeSecrets(context: RunContext, works: readonly StepWork[]): void {
  const { own } = wantedSecrets(context, works);
  if (own.length === 0) return;
  for (const { network, nodes } of own) context.secrets.make(network, ...nodes);
  context.observations.forgetPlans();
}
