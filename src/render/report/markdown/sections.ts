import { count } from '../../../core/text.js';
import { disruptionOf } from '../../plan/disruption.js';
import { duration } from '../../text.js';
import { changesOf, endOf, type SameChange } from '../changes.js';
import type { PhaseReport, RunReport, Verdict } from '../run-report/types.js';
import { scopeText } from '../scope-text.js';
import { changeCount, OUTCOME_WORDS, phaseMs } from '../words.js';
import { code, codeBlock, details, prose, table } from './code.js';

const MARKS: Readonly<Partial<Record<Verdict, string>>> = {
  GO: '✅',
  DONE: '✅',
  PLAN: '📝',
  DECLINED: '✋',
};

export function verdictSection(report: RunReport): string {
  const { verdict, where, summary, command, inventory } = report;
  const mark = MARKS[verdict] ?? '❌';
  const place = where === undefined ? '' : ` at ${code(where)}`;
  return `## ${mark} ${verdict}${place}${scopeText(report)}\n\nbridgehead ${command} of ${code(inventory.name)}: ${prose(summary)}`;
}

export function phasesSection({ phases, command }: RunReport): string {
  const rows = phases.map((phase) => {
    const stopped = phase.gates.filter(({ answer }) => answer === 'STOP').length;
    const go = phase.gates.filter(({ answer }) => answer === 'GO').length;
    const ms = phaseMs(phase);
    return [
      code(phase.name),
      OUTCOME_WORDS[phase.outcome],
      changeCount(phase, command === 'plan'),
      stopped > 0 ? `${go} GO, **${stopped} STOP**` : go === 0 ? '' : `${go} GO`,
      ms === undefined ? '' : duration(ms),
    ];
  });
  return `### Phases\n\n${table(['phase', 'outcome', 'changes', 'gates', 'took'], rows)}`;
}

/** All changes of a phase that has some, with their diffs but for those that are `left` out. */
export function changesSection(phase: PhaseReport, left: ReadonlySet<string>): string {
  const changes = changesOf(phase);
  const texts = changes.map((change) => changeText(change, left));
  return details(`${count(changes.length, 'change')} of ${htmlText(phase.name)}`, texts.join('\n\n'));
}

const htmlText = (text: string): string => text.replace(/[^\w. -]/g, '_');

function changeText(same: SameChange, left: ReadonlySet<string>): string {
  const { change, nodes } = same;
  const disrupts = disruptionOf(change);
  const felt = disrupts === undefined ? '' : `, ${prose(disrupts)}`;
  const head = `- ${code(change.summary)} on ${code(nodes.join(', '))} (${endOf(same)}${felt})`;
  const items = (change.items ?? []).map((item) => `\n  - ${code(item)}`).join('');
  if (change.diff === undefined) return `${head}${items}`;
  const lines = change.diff.replace(/\n+$/, '').split('\n').length;
  return left.has(change.diff)
    ? `${head}\n\n  its diff of ${count(lines, 'line')} is left out`
    : `${head}\n\n${codeBlock(change.diff, 'diff')}`;
}

export function gatesSection({ phases }: RunReport): string {
  const rows = phases.flatMap(({ name, gates }) =>
    gates.map((gate) => [
      code(name),
      code(gate.name),
      gate.answer === 'STOP' ? '**STOP**' : gate.answer,
      prose(gate.summary),
    ]),
  );
  if (rows.length === 0) return '';
  return details(count(rows.length, 'gate'), table(['phase', 'gate', 'answer', 'evidence'], rows));
}
