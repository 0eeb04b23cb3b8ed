/** Why those of the promises that failed have failed, in their order. */
export function rejections(settled: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}
