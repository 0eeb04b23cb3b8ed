import { BridgeheadError } from '../../core/errors.js';
import { NodeErrors, type RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { claimsOf } from './claims.js';
import { byNode } from './probe.js';
import type { StepWork } from './work.js';

/** Throws E_NOT_OURS for all that a step would write although it is somebody else's; nothing was changed yet. */
export function refuseForeign(context: RunContext, works: readonly StepWork[]): void {
  const { observations } = context;
  const errors = [...byNode(works)].flatMap(([node, own]) =>
    claimsOf(own).flatMap(({ ownership, claim, phase }) => {
      const seen = observations.owners(node, ownership);
      if (seen === undefined) return [];
      return ownership
        .refuse(claim, seen, observations)
        .map(({ message, ...more }) => new BridgeheadError('E_NOT_OURS', message, { node, phase, ...more }));
    }),
  );
  if (errors.length === 0) return;
  for (const error of errors) {
    context.emit({ type: 'node-failed', node: error.details.node ?? '', error: toReportedError(error) });
  }
  throw new NodeErrors(errors);
}
