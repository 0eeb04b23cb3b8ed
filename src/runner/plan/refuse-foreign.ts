import { BridgeheadError } from '../../core/errors.js';
import { foreignFix, ownershipOf } from '../../layers/wireguard/ownership/verdict.js';
import { NodeErrors, type RunContext } from '../context.js';
import { reportError } from '../events/report.js';
import { claimedBy } from './observations.js';
import { byNode } from './probe.js';
import type { StepWork } from './work.js';

/** Throws E_NOT_OURS for each interface that a step would write although it is somebody else's; nothing was changed yet. */
export function refuseForeign(context: RunContext, works: readonly StepWork[]): void {
  const { inventory, observations } = context;
  const errors = [...byNode(works)].flatMap(([node, own]) =>
    claimedBy(own).flatMap((network): BridgeheadError[] => {
      const seen = observations.owner(node, network.interface);
      if (seen === undefined) return [];
      const ownership = ownershipOf({ inventory, network, node, facts: observations }, seen);
      if (ownership.kind !== 'foreign') return [];
      const name = network.interface;
      return [
        new BridgeheadError('E_NOT_OURS', `${name} on ${node} is not network ${network.name}'s to change`, {
          node,
          phase: own.find(({ kind }) => kind.claims)?.phase,
          evidence: ownership.seen,
          fix: foreignFix(network, node, ownership.isLink),
        }),
      ];
    }),
  );
  if (errors.length === 0) return;
  for (const error of errors) {
    context.emit({ type: 'node-failed', node: error.details.node ?? '', error: reportError(error) });
  }
  throw new NodeErrors(errors);
}
