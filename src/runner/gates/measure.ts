import { BridgeheadError } from '../../core/errors.js';
import { rejections } from '../../core/settled.js';
import { execute } from '../../remote/execute.js';
import { answerTo } from '../../remote/part.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { renewLogins } from '../groups/anew.js';
import { GateQuestion, type MeasureRequest } from './gate-question.js';
import type { Measured } from './judge.js';
import { surveyNodes } from './survey.js';

const SPARE_SECONDS = 30;

async function ask(run: RunContext, question: GateQuestion, node: string, isReleasing: boolean) {
  try {
    const options = {
      node,
      deadlineMs: (question.seconds + SPARE_SECONDS) * 1000,
      signal: run.signal,
      gathered: true,
    };
    const release = isReleasing && run.locks.held.includes(node) ? run.locks.releasing() : undefined;
    const fragments = [...question.fragments(node), ...(release ? [release] : [])];
    const replies = await execute(connectionOf(run, node), fragments, options);
    if (release && answerTo(replies, release)?.kind === 'done') run.locks.released(node);
    return [node, replies] as const;
  } catch (error) {
    run.emit({ type: 'node-failed', node, error: toReportedError(error, { node }) });
    throw error;
  }
}

/** Measures gates on all their nodes at once, one program a node, and judges them. Emits nothing yet. */
export async function measure(run: RunContext, request: MeasureRequest): Promise<Measured[]> {
  if (request.gates.length === 0) return [];
  const question = new GateQuestion(run, request);
  const refusals = await renewLogins(run, question.anew.names, question.anew.seconds);
  const nodes = question.nodes.filter((node) => !refusals.has(node));
  await surveyNodes(run, question, nodes);
  const givingUp = new AbortController();
  const answers = nodes.map(async (node) => {
    try {
      return await ask(run, question, node, request.releasing === true);
    } catch (error) {
      givingUp.abort(error);
      throw error;
    }
  });
  const [settled, outside] = await Promise.all([
    Promise.allSettled(answers),
    question.outside(() => givingUp.signal),
  ]);
  const errors = rejections(settled);
  if (errors.length > 0) throw new NodeErrors(errors);
  if (run.signal.aborted) throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
  const replies = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return question.judge({ replies: new Map(replies), outside, refusals });
}
