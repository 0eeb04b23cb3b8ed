import { count } from '../../core/text.js';
import type { RunReport } from './run-report/types.js';

/** What a verdict is about, after it or its network: `, shard 1 of 3 (9 nodes in all)`, `, 3 of 9 nodes`; empty if it is about all nodes. */
export function scopeText({ shard, scope }: Pick<RunReport, 'shard' | 'scope'>): string {
  if (shard !== undefined) {
    return `, shard ${shard.index} of ${shard.of} (${count(shard.total, 'node')} in all)`;
  }
  return scope === undefined ? '' : `, ${scope.nodes} of ${count(scope.of, 'node')}`;
}
