import { readSecret } from '../../core/secrets/read-secret.js';
import { rejections } from '../../core/settled.js';
import { NodeErrors, type RunContext } from '../context.js';
import type { StepWork } from './work.js';

/**
 * Reads the secrets that these steps are to be planned with, each once: called once the steps were read, before they are planned.
 * Rejects with NodeErrors if some can't be read.
 */
export async function readReferences(context: RunContext, works: readonly StepWork[]): Promise<void> {
  const wanted = works.flatMap((work) => context.observations.wantedReferences(work));
  const missing = new Map(
    wanted.filter((ref) => context.secrets.read(ref) === undefined).map((ref) => [JSON.stringify(ref), ref]),
  );
  if (missing.size === 0) return;
  const settled = await Promise.allSettled(
    [...missing.values()].map(async (ref) => context.secrets.keep(ref, await readSecret(ref))),
  );
  const errors = rejections(settled);
  if (errors.length > 0) throw new NodeErrors(errors);
  context.observations.forgetPlans();
}
