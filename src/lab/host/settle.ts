import { BridgeheadError } from '../../core/errors.js';
import { rejections } from '../../core/settled.js';

/** Waits for every one before the first failure is reported, so that nothing is still being made while it is taken down. */
export async function settleAll<T extends readonly unknown[]>(
  work: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const settled = await Promise.allSettled(work);
  const failures = rejections(settled);
  if (failures.length === 0)
    return settled.map((result) => result.status === 'fulfilled' && result.value) as unknown as T;
  throw failures.length === 1 ? failures[0] : together(failures);
}

function together(failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (!(first instanceof BridgeheadError)) return first;
  const known = failures.filter((error) => error instanceof BridgeheadError);
  return new BridgeheadError(first.code, known.map((error) => error.message).join('\n'), {
    ...first.details,
    evidence: known.flatMap((error) => error.details.evidence ?? []).join('\n'),
    cause: first,
  });
}
