import { BridgeheadError, type ErrorCode } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import { carriersNow } from './ways.js';

/** What a change on a machine in between may have brought about. */
const CUT: readonly ErrorCode[] = ['E_SSH_REFUSED', 'E_SSH_TIMEOUT', 'E_SSH_UNREACHABLE'];

/** The error of a node that could not be connected to, with what to undo if a change on another one may be the cause. */
export async function explainUnreached(
  context: Pick<RunContext, 'transport' | 'inventory' | 'observations'>,
  node: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof BridgeheadError) || !CUT.includes(error.code)) return error;
  // A jump host that can't be reached itself is named by the error.
  if (error.details.node !== node) return error;
  const hops = [...((await carriersNow(context)).get(node) ?? [])];
  if (hops.length === 0) return error;
  const undo = `${node} is reached through ${hops.join(', ')}: if a run there cut it off, run \`bridgehead undo --only ${hops.join(',')}\``;
  const fix = error.details.fix === undefined ? undo : `${error.details.fix}; ${undo}`;
  return new BridgeheadError(error.code, error.message, { ...error.details, fix, cause: error });
}
