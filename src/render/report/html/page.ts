import { createHash } from 'node:crypto';
import type { RunReport } from '../run-report/types.js';
import { scopeText } from '../scope-text.js';
import { changesSection } from './changes.js';
import { gatesSection } from './gates.js';
import { html, type Markup, trusted } from './markup.js';
import { networkSection } from './network/section.js';
import { pairsSection } from './pairs.js';
import { phasesSection } from './phases.js';
import { reasonsSection } from './reasons.js';
import { runSection } from './run.js';
import style from './style.css';
import { verdictHeader } from './verdict.js';

/** A part of the page that the contents link to. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

const STYLE = style.trim();
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The report as one page that loads nothing and runs nothing: the verdict and its reasons first. Sections with nothing to show are left out. */
export function htmlReport(report: RunReport): string {
  const { command, inventory, verdict, run } = report;
  const sections = sectionsOf(report).filter((section) => section !== undefined);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdict}: ${command} of ${inventory.name}${scopeText(report)}, run ${run}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${verdictHeader(report)}
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="content" tabindex="-1">
${sections.map(sectionMarkup)}
</main>
</body>
</html>
`.text;
}

/** In the order of the page: of a plan the changes come first. */
function sectionsOf(report: RunReport): (Section | undefined)[] {
  const reasons = reasonsSection(report);
  const network = [networkSection(report), pairsSection(report)];
  const phases = phasesSection(report);
  const changes = changesSection(report);
  const rest = [gatesSection(report), runSection(report)];
  return report.command === 'plan'
    ? [reasons, changes, ...network, phases, ...rest]
    : [reasons, ...network, phases, changes, ...rest];
}

const sectionMarkup = ({
  id,
  title,
  content,
}: Section): Markup => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>
`;
