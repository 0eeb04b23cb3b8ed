/** The reasons of the promises that were rejected, in order. */
export function rejections(settled: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}
