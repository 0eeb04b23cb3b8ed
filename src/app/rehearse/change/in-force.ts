import { BridgeheadError } from '../../../core/errors.js';
import type { GivenFiles } from '../../../runner/journal/given.js';
import { undoneIn } from '../../../runner/undo/labels.js';
import { FROM_GIT, SHOW_RUNS } from './advice.js';
import type { Journaled } from './journaled.js';
import { unusable } from './usable.js';

/** The undos of a run that were met before the run itself. */
interface Pending {
  readonly nodes: Set<string>;
  /** The undos, newest first. */
  readonly by: [string, ...string[]];
}

const oldest = ({ by }: Pending): string => by.at(-1) ?? by[0];

/**
 * The run whose inventory the network has, of those that were given the inventory of a file: the newest that brought all nodes to
 * it, if nothing has changed any since but what was undone completely. Throws E_USAGE if that can't be said, undefined if
 * there is none.
 */
export function runInForce(
  newestFirst: Iterable<Journaled>,
  file: string,
  givenOf: (run: string) => GivenFiles,
): string | undefined {
  const pending = new Map<string, Pending>();
  /** Runs whose undo was undone, which were not met yet. */
  const restored = new Set<string>();
  for (const one of newestFirst) {
    const { run, record, changed } = one;
    const { started } = record;
    if (started?.inventory.file !== file || started.command === 'unlock') continue;
    const undone = pending.get(run);
    pending.delete(run);
    restored.delete(run);
    requireMet([...pending.keys(), ...restored].filter((other) => other > run));
    if (undone !== undefined) requireWhole(one, undone);
    if (started.command === 'undo' && undone === undefined) {
      addUndone(pending, one);
      continue;
    }
    if (started.command === 'undo') for (const phase of changed.keys()) restored.add(undoneIn(phase));
    if (changed.size > 0) requireOrder(run, pending, undone);
    if (undone !== undefined || pending.size > 0) continue;
    const why = unusable(one, givenOf(run));
    if (why === undefined) return run;
    if (changed.size > 0) throw unknown(`run ${run} changed nodes, and ${why}`);
  }
  requireMet([...pending.keys(), ...restored]);
  return undefined;
}

function requireMet([missing]: readonly string[]): void {
  if (missing !== undefined)
    throw unknown(`run ${missing}, which was undone, has no journal of this inventory`);
}

function addUndone(pending: Map<string, Pending>, { run, record, changed }: Journaled): void {
  for (const [phase, nodes] of changed) {
    const target = undoneIn(phase);
    if (record.phases.get(phase) !== 'done')
      throw unknown(`run ${run} has undone only a part of run ${target}`);
    const known = pending.get(target);
    const all = new Set([...(known?.nodes ?? []), ...nodes]);
    pending.set(target, { nodes: all, by: known === undefined ? [run] : [...known.by, run] });
  }
}

function requireWhole({ run, changed }: Journaled, undone: Pending): void {
  const rest = new Set([...changed.values()].flatMap((nodes) => [...nodes]));
  for (const node of undone.nodes) rest.delete(node);
  if (rest.size === 0) return;
  throw unknown(`run ${undone.by[0]} has undone run ${run}, but not on ${[...rest].join(', ')}`);
}

/** What was undone while a newer run was in force isn't what was before that. */
function requireOrder(run: string, pending: ReadonlyMap<string, Pending>, undone: Pending | undefined): void {
  for (const [target, other] of pending) {
    if (undone !== undefined && undone.by[0] <= oldest(other)) continue;
    throw unknown(`run ${oldest(other)} has undone run ${target}, but not run ${run}, which was newer`);
  }
}

const unknown = (evidence: string): BridgeheadError =>
  new BridgeheadError('E_USAGE', 'the journals do not say what the complete network has now', {
    evidence,
    fix: `say what to compare with: an earlier inventory with --against FILE, such as one from git: ${FROM_GIT}; or a run with --against RUN (${SHOW_RUNS})`,
  });
