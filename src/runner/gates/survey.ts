import { rejections } from '../../core/settled.js';
import { execute } from '../../remote/execute.js';
import type { FragmentReply } from '../../remote/program.js';
import type { Question } from '../../remote/question.js';
import { GarbledReply } from '../../remote/reply-lines.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import type { GateWork } from '../plan/work.js';

const SECONDS = 30;

/** What a gate has to know of a node before it is measured. */
export interface Survey {
  readonly id: string;
  readonly work: GateWork;
  readonly question: Question<unknown>;
}

interface Surveying {
  surveyOf(node: string): readonly Survey[];
  surveyed(node: string, work: GateWork, answer: unknown): void;
}

/** Asks the nodes what the gates have to know of them, one exec a node. A gate without an answer that can be read gets none. */
export async function surveyNodes(
  run: RunContext,
  question: Surveying,
  nodes: readonly string[],
): Promise<void> {
  const settled = await Promise.allSettled(nodes.map((node) => survey(run, question, node)));
  const errors = rejections(settled);
  if (errors.length > 0) throw new NodeErrors(errors);
}

async function survey(run: RunContext, question: Surveying, node: string): Promise<void> {
  const surveys = question.surveyOf(node);
  if (surveys.length === 0) return;
  const fragments = surveys.map(({ id, question: { script } }) => ({ id, script, readOnly: true }));
  try {
    const options = { node, deadlineMs: SECONDS * 1000, signal: run.signal, gathered: true };
    const replies = await execute(connectionOf(run, node), fragments, options);
    for (const one of surveys) {
      const answer = answerTo(one, replies.get(one.id));
      if (answer !== undefined) question.surveyed(node, one.work, answer);
    }
  } catch (error) {
    run.emit({ type: 'node-failed', node, error: toReportedError(error, { node }) });
    throw error;
  }
}

function answerTo({ question }: Survey, reply: FragmentReply | undefined): unknown {
  if (reply === undefined) return undefined;
  try {
    return question.parse(reply);
  } catch (error) {
    if (error instanceof GarbledReply) return undefined;
    throw error;
  }
}
