import { BridgeheadError } from '../../core/errors.js';
import { explainUnwritable } from '../../layers/shared/failures.js';
import type { Change } from '../../layers/step.js';
import type { FragmentReply } from '../../remote/program.js';
import { sanitize } from '../../remote/sanitize.js';
import type { StepWork } from '../plan/work.js';

const EVIDENCE_LINES = 20;
const LINE_LENGTH = 300;

/** The last lines that a fragment said, its errors first, fit for a terminal. */
function lastLines(reply: FragmentReply): string {
  const said = reply.stderr.trim() || reply.stdout.trim() || 'no output';
  const lines = said.split('\n').slice(-EVIDENCE_LINES);
  return lines.map((line) => sanitize(line, LINE_LENGTH)).join('\n');
}

/** Why a change failed, as the kind of step knows it, or as far as its output shows. */
export function explainFailure(work: StepWork, change: Change, reply: FragmentReply): BridgeheadError {
  const where = { node: work.node.name, phase: work.phase, step: work.step.name, evidence: lastLines(reply) };
  const known = work.kind.explain?.(work.context, reply) ?? explainUnwritable(reply);
  if (known) return new BridgeheadError(known.code, known.message, { ...where, fix: known.fix });
  return new BridgeheadError('E_STEP', `could not ${change.summary} (status ${reply.code})`, {
    ...where,
    fix: 'fix the error above, then run `bridgehead apply --resume`',
  });
}
