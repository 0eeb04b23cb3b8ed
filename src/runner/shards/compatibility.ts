import type { Problem } from '../../core/errors.js';
import type { ShardReport } from './report.js';
import { type Shard, shardText } from './shard.js';

const shown = (digest: string): string => digest.slice(0, 12);

/** What all shards of one run have in common, in words. */
function traits({ started, shard }: ShardReport): ReadonlyMap<string, string> {
  const { command, inventory, playbook, phases } = started;
  return new Map([
    ['command', command],
    ['inventory', `${inventory.name} (${shown(inventory.digest)})`],
    ['playbook', playbook === undefined ? '' : `${playbook.name} (${shown(playbook.digest)})`],
    ['selection of phases', phases.map(({ name }) => name).join(', ')],
    ['number of shards', String(shard.of)],
  ]);
}

/** What differs from the first report. */
function strangers([first, ...others]: readonly ShardReport[]): Problem[] {
  if (first === undefined) return [];
  const wanted = traits(first);
  return others.flatMap((report) =>
    [...traits(report)].flatMap(([what, value]): Problem[] => {
      if (value === wanted.get(what)) return [];
      const message = `its ${what} is ${value || 'empty'}, but that of ${first.file} is ${wanted.get(what) || 'empty'}`;
      return [{ file: report.file, message, fix: 'pass the reports of one matrix, made from one checkout' }];
    }),
  );
}

function twice(reports: readonly ShardReport[]): Problem[] {
  const seen = new Map<string, string>();
  return reports.flatMap(({ file, shard }): Problem[] => {
    const before = seen.get(shardText(shard));
    if (before === undefined) {
      seen.set(shardText(shard), file);
      return [];
    }
    const message = `shard ${shardText(shard)} was given twice: it is in ${before}, too`;
    return [{ file, message, fix: 'pass only the newer of the two' }];
  });
}

function missing(reports: readonly ShardReport[], unread: number): Problem[] {
  const [first] = reports;
  if (first === undefined) return [];
  const { of } = first.shard;
  const here = new Set(reports.filter(({ shard }) => shard.of === of).map(({ shard }) => shard.index));
  const lacking = Array.from({ length: of }, (_, turn): Shard => ({ index: turn + 1, of })).filter(
    ({ index }) => !here.has(index),
  );
  // The files that could not be read may be the very ones.
  if (lacking.length <= unread) return [];
  const names = lacking.map(shardText).join(', ');
  const message =
    lacking.length === 1
      ? `the report of shard ${names} is missing`
      : `the reports of shards ${names} are missing`;
  return [{ file: first.file, message, fix: 'pass the reports of all shards' }];
}

/** Reports that say they belong together, yet share nodes or leave some out: made by versions that split differently. */
function uneven(reports: readonly ShardReport[]): Problem[] {
  const owner = new Map<string, ShardReport>();
  for (const report of reports) {
    for (const node of report.started.nodes) {
      const other = owner.get(node);
      if (other !== undefined) {
        const message = `${node} is in its shard and also in that of ${other.file}`;
        return [{ file: report.file, message, fix: 'run all shards with one version of bridgehead' }];
      }
      owner.set(node, report);
    }
  }
  const [first] = reports;
  if (first === undefined || owner.size === first.shard.total) return [];
  const message = `the shards cover ${owner.size} of ${first.shard.total} nodes`;
  return [{ file: first.file, message, fix: 'run all shards with one version of bridgehead' }];
}

/**
 * Why these reports don't belong together; `unread` further ones were given and could not be read. Each shard must
 * be there once, of one command, inventory, playbook and selection of phases.
 */
export function togetherProblems(reports: readonly ShardReport[], unread = 0): Problem[] {
  const problems = [...strangers(reports), ...twice(reports), ...missing(reports, unread)];
  return problems.length > 0 || unread > 0 ? problems : uneven(reports);
}
