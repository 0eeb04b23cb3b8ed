import { duration } from '../../text.js';
import type { PhaseReport, RunReport } from '../run-report/types.js';
import { changeCount, OUTCOME_WORDS, phaseMs } from '../words.js';
import { badge, type Tone } from './badge.js';
import { html, type Markup } from './markup.js';
import type { Section } from './page.js';

const TONES: Readonly<Partial<Record<PhaseReport['outcome'], Tone>>> = {
  go: 'good',
  done: 'good',
  stop: 'bad',
  failed: 'bad',
  partial: 'warn',
  unfinished: 'warn',
};

/** Width of the time line in its own units. */
const LENGTH = 1000;

/** The phases on a time line that begins with the run. */
export function phasesSection(report: RunReport): Section {
  return {
    id: 'phases',
    title: 'Phases',
    content: html`<div class="scroll" role="region" aria-label="Phases on a time line" tabindex="0"><table class="phases">
<caption>How each phase ended, and when it ran within ${duration(report.ms)}</caption>
<thead><tr><th scope="col">Phase</th><th scope="col">Outcome</th><th scope="col">Changes</th><th scope="col">Gates</th><th scope="col">Took</th><th scope="col">When</th></tr></thead>
<tbody>
${readRow(report)}
${report.phases.map((phase) => phaseRow(report, phase))}
</tbody>
</table></div>`,
  };
}

/** Logging in and reading, which comes before the first phase. */
function readRow(report: RunReport): Markup | undefined {
  const first = report.phases.find(({ startedAt }) => startedAt !== undefined)?.startedAt;
  if (first === undefined) return undefined;
  return html`<tr><th scope="row">read</th><td></td><td></td><td></td><td>${took(Date.parse(first) - Date.parse(report.startedAt))}</td><td>${bar(report, report.startedAt, first, 'calm')}</td></tr>`;
}

function phaseRow(report: RunReport, phase: PhaseReport): Markup {
  const { name, description, outcome, gates, startedAt, endedAt = report.endedAt } = phase;
  const tone = TONES[outcome] ?? 'calm';
  const go = gates.filter(({ answer }) => answer === 'GO').length;
  const stopped = gates.filter(({ answer }) => answer === 'STOP').length;
  return html`<tr>
<th scope="row">${name}${description === undefined ? undefined : html`<span class="description">${description}</span>`}</th>
<td>${badge(OUTCOME_WORDS[outcome], tone)}</td>
<td>${changeCount(phase, report.command === 'plan')}</td>
<td>${go === 0 ? undefined : `${go} GO`}${stopped === 0 ? undefined : ` ${stopped} STOP`}</td>
<td>${took(phaseMs(phase))}</td>
<td>${startedAt === undefined ? undefined : bar(report, startedAt, endedAt, tone)}</td>
</tr>
`;
}

const took = (ms: number | undefined): string => (ms === undefined ? '' : duration(ms));

function bar({ startedAt, ms }: RunReport, from: string, to: string, tone: Tone): Markup {
  const begin = Date.parse(from) - Date.parse(startedAt);
  const end = Date.parse(to) - Date.parse(startedAt);
  const all = Math.max(ms, end, 1);
  const x = Math.round((begin / all) * LENGTH);
  // Wide enough to be seen.
  const width = Math.max(6, Math.round(((end - begin) / all) * LENGTH));
  return html`<svg class="bar ${tone}" viewBox="0 0 ${LENGTH} 10" preserveAspectRatio="none" role="img" aria-label="from ${duration(begin)} to ${duration(end)}"><rect class="track" width="${LENGTH}" height="10"/><rect class="span" x="${Math.min(x, LENGTH - width)}" width="${width}" height="10"/></svg>`;
}
