import { BridgeheadError } from '../../core/errors.js';
import { type KeptRun, NO_TOUCHES, parseRuns } from '../../guard/index.js';
import type { Node } from '../../model/inventory.js';
import { execute } from '../../remote/execute.js';
import type { Fragment, FragmentReply } from '../../remote/program.js';
import { sanitize } from '../../remote/sanitize.js';
import { textOf } from '../../remote/script.js';
import { connectAll } from '../connect.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { endRounds, inTurns } from '../groups/apply-group.js';
import type { Carriers } from '../groups/carriers.js';
import { type Group, groupsOf, isAlone } from '../groups/group.js';
import { carriersBehind } from '../groups/ways.js';
import { lockedError } from '../locks/locks.js';
import { mapSettled, Pool } from '../pool.js';
import { type Round, throwUnkept, throwUnproven } from '../round/build-round.js';
import type { ArmedRound, RoundEnd } from '../round/run-round.js';
import { undoneTogether } from './undone-together.js';

const UNDO_MS = 180_000;
const UNDO_LABEL = /^undo of /;

/** What a node has kept. */
export interface NodeRuns {
  readonly node: string;
  /** Oldest first. */
  readonly runs: readonly KeptRun[];
}

/** Whether a run left something on its node that nothing has reverted or undone yet. */
export function isStanding({ undone, phases }: KeptRun): boolean {
  return !undone && phases.some(({ outcome }) => outcome !== 'reverted');
}

/** An undo itself is only undone by name. */
function isUndoable(run: KeptRun): boolean {
  return isStanding(run) && !run.phases.every(({ phase }) => UNDO_LABEL.test(phase));
}

/** The newest run that any of the nodes could undo. */
export function lastRun(kept: readonly NodeRuns[]): string | undefined {
  return kept
    .flatMap(({ runs }) => runs.filter(isUndoable).map(({ run }) => run))
    .sort()
    .at(-1);
}

/** Connects to the nodes, locks them and reads which runs each has kept. Rejects with NodeErrors, E_LOCKED among them. */
export async function readRuns(
  context: RunContext,
  nodes: readonly Node[],
  listRuns: () => Fragment,
): Promise<NodeRuns[]> {
  await connectAll(context, { nodes });
  const settled = await mapSettled(nodes, context.concurrency, async ({ name: node }): Promise<NodeRuns> => {
    const replies = await execute(connectionOf(context, node), [context.locks.taking(), listRuns()], {
      node,
      deadlineMs: context.patience.program * 1000,
      signal: context.signal,
    });
    const lock = replies.get('guard.lock');
    const outcome = lock && context.locks.judge(node, lock);
    if (outcome?.kind === 'held') throw lockedError(node, outcome);
    const reply = replies.get('guard.runs');
    try {
      return { node, runs: reply ? parseRuns(reply) : [] };
    } catch (cause) {
      throw new BridgeheadError('E_UNDO', `cannot read which runs ${node} has kept`, {
        node,
        evidence: sanitize(cause instanceof Error ? cause.message : String(cause), 500),
        cause,
      });
    }
  });
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new NodeErrors(errors);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

export interface Undone {
  readonly node: string;
  readonly undone: readonly string[];
  readonly error?: unknown;
}

/** The undo as a round of its own: kept, guarded and confirmed like any other change. */
function roundOf(context: RunContext, node: string, undoing: string): Round {
  const { guard, nodeGuard, run } = context;
  const label = `undo of ${undoing}`;
  const kept = { run, phase: label, touches: { ...NO_TOUCHES, network: true } };
  const guarded = guard.enabled;
  const [undo] = nodeGuard.undoFragments(undoing, guarded ? { guardedBy: run } : {});
  if (undo === undefined) throw new TypeError('nothing undoes a run');
  const script = guarded
    ? nodeGuard.changeScript({ run, phase: label, script: textOf(undo.script) })
    : undo.script;
  const first = guarded
    ? nodeGuard.armFragment({ ...kept, seconds: guard.seconds })
    : nodeGuard.snapshotFragment(kept);
  const proof = guarded ? [nodeGuard.proofFragment({ run, phase: label })] : [];
  const fragments = [first, { ...undo, script }, ...proof];
  const nothing = { number: 1, planned: [], reread: [], doings: [] };
  return { node, phase: label, label, ...nothing, fragments, guarded, deadlineMs: UNDO_MS };
}

function itemsOf(context: RunContext, node: string, reply: FragmentReply | undefined): readonly string[] {
  const outcome = reply && context.nodeGuard.parseUndo(reply);
  const lines = (items: readonly string[]) => items.map((item) => sanitize(item, 200));
  if (outcome?.kind === 'undone') return lines(outcome.undone);
  const what = {
    refused: outcome?.kind === 'refused' ? sanitize(outcome.reason, 500) : undefined,
    failed: outcome?.kind === 'failed' ? lines(outcome.failed.slice(0, 20)).join('\n') : undefined,
  };
  throw new BridgeheadError('E_UNDO', `the run was not completely undone on ${node}`, {
    node,
    evidence: what.refused ?? what.failed ?? 'the node has kept nothing of that run',
    fix: 'log in and fix what the lines above say, then undo it again',
  });
}

interface BegunUndo {
  readonly node: string;
  readonly undone: readonly string[];
  readonly cause?: unknown;
  /** Missing where no guard is armed. */
  readonly armed?: ArmedRound;
}

async function beginUndo(context: RunContext, undoing: string, node: string): Promise<BegunUndo> {
  const round = roundOf(context, node, undoing);
  const armed: ArmedRound = { round, deadline: performance.now() + context.guard.seconds * 1000 };
  let undone: readonly string[] = [];
  let cause: unknown;
  let answered = false;
  try {
    const options = { node, deadlineMs: UNDO_MS, signal: context.signal };
    const replies = await execute(connectionOf(context, node), round.fragments, options);
    answered = true;
    throwUnkept(context, round, replies);
    if (round.guarded) context.armedNodes.add(node);
    throwUnproven(context, round, replies.get('guard.prove'));
    undone = itemsOf(context, node, replies.get('guard.undo'));
  } catch (error) {
    cause = error;
  } finally {
    context.logins.changed();
  }
  const begun = { node, undone, ...(cause === undefined ? {} : { cause }) };
  if (!round.guarded || (answered && !context.armedNodes.has(node))) return begun;
  const isUnproven = cause instanceof BridgeheadError && cause.code === 'E_REVERTED';
  // What was undone in part is nearer to the wanted state than what was there before: it is kept if SSH works.
  if (answered && !isUnproven) return { ...begun, armed };
  return { ...begun, armed: { ...armed, fault: { error: cause, answered, left: 'changed' } } };
}

/** The error of a node whose undo was reverted since another one's could not stay: nothing is undone there either. */
function undoneWith(node: string, cause: unknown): BridgeheadError {
  const { message, node: other = '' } = toReportedError(cause);
  return new BridgeheadError('E_REVERTED', `the undo was reverted on ${node} with that of another node`, {
    node,
    evidence: other === '' ? message : `${other}: ${message}`,
    fix: 'fix that, then undo the run again',
    cause,
  });
}

interface Ties {
  readonly carriers: Carriers;
  /** Sets of nodes on which the undoing is of use only together. */
  readonly joint: readonly (readonly string[])[];
}

/** Undone on all of them, once all that are reached through them have been logged into anew; else on none. */
async function endUndo(
  context: RunContext,
  begun: readonly BegunUndo[],
  { passengers }: Group,
  { carriers, joint }: Ties,
): Promise<Undone[]> {
  const armed = new Map(begun.flatMap(({ node, armed: one }) => (one ? [[node, one] as const] : [])));
  const isJoint = (node: string): boolean => joint.some((set) => set.includes(node));
  const isSpoilt = begun.some(
    ({ node, cause, armed: one }) => one?.fault?.answered === true || (cause !== undefined && isJoint(node)),
  );
  const trial = { armed, passengers, carriers };
  const ends: ReadonlyMap<string, RoundEnd> =
    armed.size === 0 ? new Map() : await endRounds(context, trial, isSpoilt);
  const said = begun.flatMap(({ cause }) => (cause === undefined ? [] : [cause]));
  const failed = [...ends.values()].flatMap(({ error }) => (error === undefined ? [] : [error]));
  const [first] = [...said, ...failed];
  return begun.map(({ node, undone, cause }) => {
    const end = ends.get(node);
    const isKept = end === undefined || end.fate === 'changed';
    // Reverted with the others, it is as little undone as they are.
    const error =
      end?.error ?? cause ?? (isKept || first === undefined ? undefined : undoneWith(node, first));
    return { node, undone: isKept ? undone : [], ...(error === undefined ? {} : { error }) };
  });
}

/**
 * Brings the nodes back to what they were before a run, from their own snapshots, each under a guard of its own. One through
 * which others are reached is confirmed together with them; so are those of a network that the run has changed.
 */
export async function undoRun(
  context: RunContext,
  undoing: string,
  kept: readonly NodeRuns[],
): Promise<Undone[]> {
  const nodes = kept.map(({ node }) => node);
  const carriers = await carriersBehind(context, nodes);
  const joint = context.guard.enabled ? undoneTogether(context.inventory, undoing, kept) : [];
  const pool = new Pool(context.concurrency);
  const groups = groupsOf({ changing: nodes, carriers, joint, atOnce: nodes.length });
  const done = await Promise.all(
    groups.map(async (group): Promise<Undone[]> => {
      const [only = ''] = group.members;
      try {
        const within = inTurns(context, group);
        const begin = (node: string) => () => beginUndo(within, undoing, node);
        const end = (begun: readonly BegunUndo[]) => endUndo(within, begun, group, { carriers, joint });
        if (isAlone(group)) return await pool.run(async () => end([await begin(only)()]));
        return await end(await pool.runTogether(group.members.map(begin)));
      } catch (error) {
        return group.members.map((node) => ({ node, undone: [], error }));
      }
    }),
  );
  return nodes.flatMap((node) => done.flat().filter((one) => one.node === node));
}
