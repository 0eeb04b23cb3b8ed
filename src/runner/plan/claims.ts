import type { Claim, Ownership } from '../../layers/step.js';
import type { StepWork } from './work.js';

/** What the steps of one node write to, and by what it is judged whose that is. */
export interface Claimed {
  readonly ownership: Ownership;
  readonly claim: Claim;
  /** Of the first such step. */
  readonly phase: string;
}

/** `works`: of one node. */
export function claimsOf(works: readonly StepWork[]): readonly Claimed[] {
  const ownerships = new Set(works.flatMap(({ kind }) => kind.claims ?? []));
  return [...ownerships].flatMap((ownership): Claimed[] => {
    const own = works.filter(({ kind }) => kind.claims === ownership);
    const [first] = own;
    const networks = [...new Set(own.flatMap(({ context }) => context.networks))];
    if (first === undefined || networks.length === 0) return [];
    const { inventory } = first.context;
    return [{ ownership, claim: { inventory, node: first.node, networks }, phase: first.phase }];
  });
}
