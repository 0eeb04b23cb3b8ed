import type { RunReport, Verdict } from '../run-report/types.js';
import { scopeText } from '../scope-text.js';
import { type Tone, timeMarkup } from './badge.js';
import { html, type Markup } from './markup.js';

const TONES: Readonly<Partial<Record<Verdict, Tone>>> = {
  GO: 'good',
  DONE: 'good',
  PLAN: 'calm',
  DECLINED: 'warn',
  UNFINISHED: 'warn',
};

/** What the run was, and how it ended. */
export function verdictHeader(report: RunReport): Markup {
  const { verdict, where, summary, command, inventory, startedAt, disruption } = report;
  const scope = scopeText(report);
  const disrupts =
    command === 'plan' && disruption !== '' ? html`<p>Disruption: ${disruption}</p>` : undefined;
  return html`<header>
<p class="what">bridgehead ${command} of <strong>${inventory.name}</strong>, ${timeMarkup(startedAt)}</p>
<h1><span class="verdict ${TONES[verdict] ?? 'bad'}">${verdict}</span>${where === undefined ? undefined : html` <span>at ${where}</span>`}${scope === '' ? undefined : html`<span>${scope}</span>`}</h1>
<p>${summary}</p>
${disrupts}
</header>`;
}
