import { count } from '../../../core/text.js';
import { disruptionOf } from '../../plan/disruption.js';
import { changesOf, endOf, type SameChange } from '../changes.js';
import { isSuccess, type RunReport, type StepReport } from '../run-report/types.js';
import { badge, type Tone } from './badge.js';
import { html, type Markup } from './markup.js';
import type { Section } from './page.js';

const TONES: Readonly<Record<string, Tone>> = { made: 'good', reverted: 'warn', 'not made': 'bad' };

/** Every change with its diff, once for all nodes that have the same. */
export function changesSection(report: RunReport): Section {
  const { phases } = report;
  const parts = phases
    .map((phase) => ({ name: phase.name, changes: changesOf(phase) }))
    .filter(({ changes }) => changes.length > 0)
    .map(
      ({ name, changes }) => html`<h3>${name}</h3>
<ul class="changes">
${changes.map(changeMarkup)}
</ul>
`,
    );
  const steps = phases.flatMap((phase) => phase.steps);
  return {
    id: 'changes',
    title: 'Changes',
    content: html`${parts.length === 0 ? html`<p>${noChange(report)}</p>` : parts}
${restText(steps)}`,
  };
}

function noChange({ command, verdict, phases }: RunReport): string {
  if (command === 'check') return 'A check changes nothing.';
  if (isSuccess(verdict)) return 'Nothing to change.';
  return phases.some(({ steps }) => steps.length > 0) ? 'No change was planned.' : 'No plan was made.';
}

function restText(steps: readonly StepReport[]): Markup | undefined {
  const of = (state: StepReport['state']) => steps.filter((step) => step.state === state).length;
  const parts = [
    ...(of('satisfied') === 0 ? [] : [`${count(of('satisfied'), 'step')} found everything as wanted`]),
    ...(of('skipped') === 0 ? [] : [`${count(of('skipped'), 'step was', 'steps were')} skipped`]),
  ];
  return parts.length === 0 ? undefined : html`<p class="rest">${parts.join('; ')}</p>`;
}

function changeMarkup(same: SameChange): Markup {
  const { change, nodes } = same;
  const ended = endOf(same);
  const disrupts = disruptionOf(change);
  const head = html`${badge(ended, TONES[ended] ?? 'calm')} <span class="summary">${change.summary}</span> <span class="on">on ${nodes.join(', ')}</span>${disrupts === undefined ? undefined : html` <span class="disrupts">(${disrupts})</span>`}`;
  const { creates, items = [] } = change;
  if (change.diff === undefined) return html`<li>${head}${itemList(items)}</li>\n`;
  const isNew =
    creates === undefined
      ? undefined
      : html`<p>a new file, mode ${creates.mode}${creates.purpose === undefined ? undefined : `: ${creates.purpose}`}</p>`;
  return html`<li><details><summary>${head}</summary>
${isNew}
<pre class="diff">${change.diff.replace(/\n+$/, '').split('\n').map(diffLine)}</pre>
</details></li>
`;
}

function itemList(items: readonly string[]): Markup | undefined {
  if (items.length === 0) return undefined;
  return html`
<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

function diffLine(line: string): Markup {
  const kind = kindOf(line);
  return kind === undefined ? html`${line}\n` : html`<span class="${kind}">${line}</span>\n`;
}

function kindOf(line: string): string | undefined {
  if (/^(?:---|\+\+\+|@@) /.test(line)) return 'head';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : undefined;
}
