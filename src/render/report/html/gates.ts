import type { GateReport, PhaseReport, RunReport } from '../run-report/types.js';
import { badge } from './badge.js';
import { findingsTable } from './findings.js';
import { html, type Markup } from './markup.js';
import type { Section } from './page.js';

const TONES = { GO: 'good', STOP: 'bad', unmeasured: 'calm' } as const;

/** Findings that are unfolded: the page begins with those that stopped the run. */
const MOST_OPEN = 30;

/** Every gate with what it found; those that stopped the run are open if they fit a screen. */
export function gatesSection({ phases }: RunReport): Section | undefined {
  const measured = phases.filter(({ gates, unmeasured }) => gates.length + unmeasured.length > 0);
  if (measured.length === 0) return undefined;
  return { id: 'gates', title: 'Gates', content: html`${measured.map(phaseMarkup)}` };
}

function phaseMarkup({ name, gates, unmeasured }: PhaseReport): Markup {
  return html`<h3>${name}</h3>
<ul class="gates">
${gates.map((gate) => html`<li>${gateMarkup(name, gate)}</li>\n`)}
${unmeasured.map((gate) => html`<li>${badge('not measured', 'calm')} <span class="summary">${gate}</span></li>\n`)}
</ul>
`;
}

function gateMarkup(phase: string, { name, answer, summary, findings }: GateReport): Markup {
  const head = html`${badge(answer, TONES[answer])} <span class="summary">${name}</span> <span class="on">${summary}</span>`;
  if (findings.length === 0) return head;
  const stopFirst = findings.toSorted((a, b) => Number(a.go) - Number(b.go));
  const isOpen = answer === 'STOP' && findings.length <= MOST_OPEN;
  return html`<details${isOpen ? html` open` : undefined}><summary>${head}</summary>
${findingsTable(stopFirst, `Findings of ${name} in ${phase}`)}
</details>`;
}
