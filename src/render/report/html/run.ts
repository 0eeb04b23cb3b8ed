import { duration } from '../../text.js';
import type { NodeReport, RunReport } from '../run-report/types.js';
import { badge, timeMarkup } from './badge.js';
import { html, type Markup, type Part } from './markup.js';
import type { Section } from './page.js';

/** What the run was given, and how its nodes were reached. */
export function runSection(report: RunReport): Section {
  const { run, joined, command, version, inventory, playbook, shard, startedAt, endedAt, ms, exit } = report;
  const facts: readonly (readonly [string, Part])[] = [
    ['Run', html`<code>${run}</code>`],
    ...(joined === undefined ? [] : [['Joined from', joined.join(', ')] as const]),
    ['Command', command],
    ...(shard === undefined ? [] : [['Shard', `${shard.index} of ${shard.of}`] as const]),
    ...(version === undefined ? [] : [['Bridgehead', version] as const]),
    ['Inventory', html`${inventory.name} <code>${inventory.digest.slice(0, 12)}</code>`],
    ...(playbook === undefined
      ? []
      : [['Playbook', html`${playbook.name} <code>${playbook.digest.slice(0, 12)}</code>`] as const]),
    ['Started', timeMarkup(startedAt)],
    [exit === undefined ? 'Last heard of' : 'Ended', timeMarkup(endedAt)],
    ['Took', duration(ms)],
    ['Exit code', exit],
  ];
  return {
    id: 'run',
    title: 'Run',
    content: html`<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value ?? 'none: it did not end'}</dd></div>\n`)}</dl>
<table>
<caption>How the nodes were reached</caption>
<thead><tr><th scope="col">Node</th><th scope="col">Login</th><th scope="col">Reading</th><th scope="col">Trouble</th></tr></thead>
<tbody>
${report.nodes.map(nodeRow)}
</tbody>
</table>`,
  };
}

function nodeRow({ name, connectedMs, readMs, error, leftOut }: NodeReport): Markup {
  return html`<tr><th scope="row">${name}</th><td>${msText(connectedMs)}</td><td>${msText(readMs)}</td><td>${leftOut ? badge('left out', 'warn') : undefined} ${error?.message}</td></tr>
`;
}

const msText = (ms: number | undefined): string => (ms === undefined ? '' : duration(ms));
