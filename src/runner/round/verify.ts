import { BridgeheadError } from '../../core/errors.js';
import { ask, execute } from '../../remote/execute.js';
import type { Connection } from '../../remote/transport.js';
import type { RunContext } from '../context.js';
import { probeOf } from '../plan/node-probe.js';
import { type PlannedStep, planSteps } from '../plan/planned.js';
import { makeSecrets } from '../plan/secrets.js';
import { type Round, throwRefusedProof } from './build-round.js';
import { MAX_ROUNDS } from './labels.js';

const PROOF_MS = 60_000;
const LOOKS = 3;
const LOOK_AGAIN_MS = 2000;

const summariesOf = ({ changes }: PlannedStep): string => changes.map(({ summary }) => summary).join('\n');

/** What is left to do on a node after a round, by what was read there: not what it has done and others may bring about again. */
export function leftAfter(context: RunContext, { planned }: Round): readonly PlannedStep[] {
  const works = planned.map(({ work }) => work);
  makeSecrets(context, works);
  return planSteps(context, works).map((step, index) => {
    const made = planned[index]?.changes.map(({ summary }) => summary) ?? [];
    const changes = step.changes.filter(({ recurs, summary }) => !(recurs && made.includes(summary)));
    return { ...step, changes };
  });
}

/** Throws if a step wants the very same changes again: it has failed, whatever its scripts said. */
export function throwUnsatisfied(context: RunContext, round: Round): void {
  for (const [index, step] of leftAfter(context, round).entries()) {
    const before = round.planned[index];
    const stuck = before !== undefined && summariesOf(before) === summariesOf(step);
    if (step.changes.length === 0 || !(stuck || round.number === MAX_ROUNDS)) continue;
    throw new BridgeheadError(
      'E_STEP',
      `${step.work.step.name} made its changes, but the node still differs`,
      {
        node: step.work.node.name,
        phase: step.work.phase,
        step: step.work.step.name,
        evidence: step.changes.map(({ summary }) => `still to do: ${summary}`).join('\n'),
        fix: 'something else on the node changes it back, or refuses it: look for another tool that manages the same thing',
      },
    );
  }
}

/** Proves what the next boot will find; rejects with E_REVERTED if that must not stay. */
export async function prove(context: RunContext, round: Round, connection: Connection): Promise<void> {
  if (round.guard === undefined) return;
  const options = { node: round.node, deadlineMs: PROOF_MS, signal: context.signal };
  throwRefusedProof(round, await ask(connection, round.guard.proof, options));
}

/** Whether a round was made although its answer was lost; it may still be under way. */
export async function isMade(context: RunContext, round: Round, connection: Connection): Promise<boolean> {
  const { node } = round;
  const probe = probeOf(round.reread);
  const works = [...new Set(round.doings.map(({ work }) => work))];
  if (works.length === 0) return false;
  for (let look = 1; ; look += 1) {
    const replies = await execute(connection, probe.fragments, {
      node,
      deadlineMs: context.patience.program * 1000,
      signal: context.signal,
    });
    context.observations.record(probe, replies);
    if (works.every((work) => context.observations.plan(work).every(({ recurs }) => recurs === true))) {
      throwUnsatisfied(context, round);
      return true;
    }
    if (look === LOOKS) return false;
    await context.pause(LOOK_AGAIN_MS);
  }
}
