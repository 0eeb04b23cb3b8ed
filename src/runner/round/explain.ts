import { BridgeheadError } from '../../core/errors.js';
import { explainUnwritable } from '../../layers/shared/failures.js';
import type { FragmentReply } from '../../remote/program.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Doing } from './change-progress.js';

const EVIDENCE_LINES = 20;
const LINE_LENGTH = 300;

/** The last lines that a fragment said, its errors first, fit for a terminal. */
function lastLines(reply: FragmentReply): string {
  const said = reply.stderr.trim() || reply.stdout.trim() || 'no output';
  const lines = said.split('\n').slice(-EVIDENCE_LINES);
  return lines.map((line) => sanitize(line, LINE_LENGTH)).join('\n');
}

/** A change that a signal ended, by the status that sh has for it. */
const ENDED: Readonly<Record<number, string>> = {
  137: 'it was killed on the node, whose memory may be used up',
  143: 'it was stopped on the node, which may have been shutting down',
};
/** What systemctl says of a start that a shutdown comes before. */
const CANCELED = /^Job for \S+ canceled\.$|\btransaction .*is destructive\b/im;

function whyEnded({ code, stderr }: FragmentReply): string {
  if (CANCELED.test(stderr)) return 'systemd canceled it on the node, which may have been shutting down';
  return ENDED[code] ?? `status ${code}`;
}

/**
 * Why a change failed, as the kind of step knows it, or as far as its output shows.
 *
 * @param again What to run once that is fixed.
 */
export function explainFailure(
  { work, change }: Pick<Doing, 'work' | 'change'>,
  reply: FragmentReply,
  again: string,
): BridgeheadError {
  const where = { node: work.node.name, phase: work.phase, step: work.step.name, evidence: lastLines(reply) };
  const known = work.kind.explain?.(work.context, reply) ?? explainUnwritable(reply);
  if (known) return new BridgeheadError(known.code, known.message, { ...where, fix: known.fix });
  return new BridgeheadError('E_STEP', `could not ${change.summary}: ${whyEnded(reply)}`, {
    ...where,
    fix: `fix the error above, then run ${again}`,
  });
}
