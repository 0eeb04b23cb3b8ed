import { isMeasuring } from '../../../runner/events/commands.js';
import { isSuccess, type Reason, type RunReport } from '../run-report/types.js';
import { KIND_WORDS } from '../words.js';
import { badge, type Tone } from './badge.js';
import { findingsTable } from './findings.js';
import { html, type Markup, type Part } from './markup.js';
import type { Section } from './page.js';

const TONES: Readonly<Partial<Record<Reason['kind'], Tone>>> = {
  stop: 'bad',
  failed: 'bad',
  state: 'calm',
  note: 'calm',
};

/** Why the run was not GO, and what else a person should know. */
export function reasonsSection({ command, reasons, verdict }: RunReport): Section | undefined {
  if (reasons.length === 0) return undefined;
  const isFine = isSuccess(verdict) || verdict === 'DECLINED';
  const why = isMeasuring(command) ? 'Why it is not GO' : 'Why it failed';
  return {
    id: 'why',
    title: isFine ? 'What to know' : why,
    content: html`${reasons.map(reasonMarkup)}`,
  };
}

/** What a program printed comes before the fix, which may say `above`; a table of findings may be long, and comes after it. */
function reasonMarkup({ kind, title, code, message, fixes, findings, evidence }: Reason): Markup {
  const tone = TONES[kind] ?? 'warn';
  return html`<article class="reason ${tone}">
<h3>${badge(KIND_WORDS[kind], tone)} ${title}</h3>
<p>${withCode(message)}${code === undefined ? undefined : html` <code>${code}</code>`}</p>
${evidence.length === 0 ? undefined : html`<pre>${evidence.join('\n')}</pre>`}
${fixes.map((fix) => html`<p class="fix"><strong>Fix:</strong> ${withCode(fix)}</p>`)}
${findings.length === 0 ? undefined : findingsTable(findings, `Evidence: ${title}`)}
</article>
`;
}

/** A sentence with the parts in backquotes as code. */
const withCode = (text: string): Part =>
  text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
