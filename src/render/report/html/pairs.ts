import { count } from '../../../core/text.js';
import { createPaint } from '../../colour.js';
import { cellText } from '../../pairs/cell-text.js';
import type { Cell, PairTable } from '../../pairs/collect.js';
import { foldedLines } from '../../pairs/folded.js';
import type { RunReport } from '../run-report/types.js';
import { heatOf, LEVELS, legendOf } from './heat.js';
import { html, type Markup } from './markup.js';
import type { Section } from './page.js';

/** Nodes of which a matrix is still read; of more, what differs is listed. */
const MOST_NODES = 40;
/** Columns of a list. */
const WIDTH = 100;
const PLAIN = createPaint(false);

/** Who reaches whom, a heat map for each gate that measures pairs. */
export function pairsSection({ pairs }: RunReport): Section | undefined {
  if (pairs.length === 0) return undefined;
  return {
    id: 'pairs',
    title: 'Who reaches whom',
    content: html`<div class="matrices">
${pairs.map((table) => (table.nodes.length <= MOST_NODES ? matrix(table) : listed(table)))}
</div>`,
  };
}

function listed(table: PairTable): Markup {
  return html`<pre>${foldedLines([table], WIDTH, PLAIN).join('\n')}</pre>
`;
}

function matrix(table: PairTable): Markup {
  const { title, unit, nodes, cells } = table;
  const byWay = new Map(cells.map((cell) => [JSON.stringify([cell.from, cell.to]), cell]));
  const heat = heatOf(table);
  const go = cells.filter((cell) => cell.go).length;
  const lossy = cells.filter((cell) => cell.go && cell.lost !== undefined).length;
  const rows = nodes.map(
    (
      from,
    ) => html`<tr><th scope="row">${from}</th>${nodes.map((to) => cellMarkup(from === to, byWay.get(JSON.stringify([from, to])), heat))}</tr>
`,
  );
  return html`<div class="matrix"><div class="scroll" role="region" aria-label="Matrix: ${title}" tabindex="0"><table class="heat">
<caption>${title}, ${unit}: ${go} of ${count(cells.length, 'pair')} GO</caption>
<thead><tr><th scope="col">from \\ to</th>${nodes.map((to) => html`<th scope="col"><span title="${to}">${to}</span></th>`)}</tr></thead>
<tbody>
${rows}
</tbody>
</table></div>
<ul class="legend">${legendOf(table).map(({ level, text }) => html`<li><span class="swatch heat-${level}" aria-hidden="true"></span>${text}</li>`)}${go === cells.length ? undefined : html`<li><span class="swatch stop" aria-hidden="true"></span>STOP: nothing came through</li>`}${lossy === 0 ? undefined : html`<li>! packets were lost before the first answer</li>`}</ul>
</div>
`;
}

function cellMarkup(isSelf: boolean, cell: Cell | undefined, heat: (cell: Cell) => number): Markup {
  if (cell === undefined) {
    return isSelf
      ? html`<td class="none">&middot;</td>`
      : html`<td class="none"><span class="hidden">not measured</span><span aria-hidden="true">-</span></td>`;
  }
  if (!cell.go) return html`<td class="stop">STOP</td>`;
  const lost = cell.lost === undefined ? undefined : html`<span title="${cell.lost} lost">!</span>`;
  return html`<td class="heat-${Math.min(heat(cell), LEVELS - 1)}">${cellText(cell)}${lost}</td>`;
}
