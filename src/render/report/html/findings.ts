import { count } from '../../../core/text.js';
import type { Finding } from '../../../layers/gate.js';
import { badge } from './badge.js';
import { html, type Markup } from './markup.js';

/** Findings that are shown; of a large network the rest is in the JSON report. */
const SHOWN = 200;

/** What was expected and seen where, as a table with this caption. Fixes have a column if they differ. */
export function findingsTable(findings: readonly Finding[], caption: string): Markup {
  const shown = findings.slice(0, SHOWN);
  // Where all are, the heading has said so.
  const marks = shown.some(({ go }) => go);
  const hasFixes = new Set(shown.flatMap(({ fix }) => fix ?? [])).size > 1;
  const rows = shown.map(
    (finding) => html`<tr>
<th scope="row">${placeOf(finding)}</th>
<td data-label="Expected">${finding.expected}</td>
<td data-label="Seen">${marks && !finding.go ? html`${badge('STOP', 'bad')} ` : undefined}${finding.seen}</td>
${hasFixes ? html`<td data-label="Fix">${finding.fix}</td>` : undefined}
</tr>
`,
  );
  const more = findings.length - shown.length;
  return html`<table class="findings">
<caption>${caption}</caption>
<thead><tr><th scope="col">Where</th><th scope="col">Expected</th><th scope="col">Seen</th>${hasFixes ? html`<th scope="col">Fix</th>` : undefined}</tr></thead>
<tbody>
${rows}
</tbody>
</table>
${more > 0 ? html`<p>and ${count(more, 'more finding')}, which the JSON report has</p>` : undefined}`;
}

const placeOf = ({ node, peer }: Finding): string => (peer === undefined ? node : `${node} → ${peer}`);
