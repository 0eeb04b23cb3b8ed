import { count } from '../../../../core/text.js';
import type { Overview } from '../../../../runner/events/overview.js';
import type { RunReport } from '../../run-report/types.js';
import { html, type Markup } from '../markup.js';
import type { Section } from '../page.js';
import { placesOf } from './boxes.js';
import { type Layout, narrowLayout, wideLayout } from './layout.js';
import { type Link, linksOf } from './links.js';
import { NARROW, WIDE } from './measures.js';
import { narrowPath, type Path, widePath } from './paths.js';
import { svgOf } from './svg.js';

/** Of more boxes only the links that are not GO are drawn, and of very many nothing is. */
const MOST_WITH_LINKS = 16;
const MOST = 120;
/** More links than these are drawn so that those that stopped stand out. */
const MANY_LINKS = 30;
/** Links that stopped and are named. */
const NAMED = 30;

/** The network as a drawing, its links by what the gates measured. Runs of older versions have no network to draw. */
export function networkSection(report: RunReport): Section | undefined {
  const { overview } = report;
  if (overview === undefined) return undefined;
  return { id: 'network', title: 'Network', content: drawn(report, overview) };
}

function drawn(report: RunReport, overview: Overview): Markup {
  const { outside, sites } = placesOf(overview);
  const boxes = outside.length + sites.reduce((sum, site) => sum + site.boxes.length, 0);
  const links = linksOf(report, overview);
  if (boxes > MOST) {
    return html`<p>Of ${boxes} nodes and clients there is no drawing.</p>
${linkText(links)}`;
  }
  const shown = boxes > MOST_WITH_LINKS ? links.filter(({ state }) => state === 'stop') : links;
  const chosen = new Set(report.nodes.map(({ name }) => name));
  const density = shown.length > MANY_LINKS ? ' many' : '';
  const draw = (layout: Layout, pathOf: PathOf, className: string) =>
    svgOf({ layout, links: placed(layout, shown, pathOf), chosen }, `${className}${density}`);
  const wide = wideLayout(outside, sites, WIDE);
  const narrow = narrowLayout(outside, sites, NARROW);
  return html`<figure>
${draw(wide, widePath, 'wide')}
${draw(narrow, (a, b) => narrowPath(a, b, narrow), 'narrow')}
<figcaption>${legend(new Set(shown.map(({ state }) => state)))}
${shown.length < links.length ? html`<p>Only links that are not GO are drawn.</p>` : undefined}
${linkText(links)}</figcaption>
</figure>`;
}

type PathOf = (...ends: Parameters<typeof widePath>) => Path;

function placed(layout: Layout, links: readonly Link[], pathOf: PathOf) {
  const byName = new Map(layout.boxes.map((box) => [box.box.name, box]));
  return links.flatMap((link, index) => {
    const [a, b] = [byName.get(link.from), byName.get(link.to)];
    return a === undefined || b === undefined ? [] : [{ link, path: pathOf(a, b, index) }];
  });
}

const SAMPLES = [
  ['go', 'GO in every gate'],
  ['stop', 'STOP in a gate'],
  ['unmeasured', 'not measured'],
] as const;

function legend(states: ReadonlySet<Link['state']>): Markup {
  const samples = SAMPLES.filter(([state]) => states.has(state));
  return html`<ul class="legend">${samples.map(([state, text]) => html`<li><svg class="sample" viewBox="0 0 40 12" width="40" height="12" aria-hidden="true"><path class="link ${state}" d="M2 6 H38"/></svg>${text}</li>`)}</ul>`;
}

/** What the drawing shows, in words. */
function linkText(links: readonly Link[]): Markup {
  const of = (state: Link['state']) => links.filter((link) => link.state === state);
  const stopped = of('stop');
  const named = stopped
    .slice(0, NAMED)
    .map(({ from, to, stopped: gates }) => html`<li>${from} &ndash; ${to}: STOP in ${gates.join(', ')}</li>`);
  const more = stopped.length - named.length;
  return html`<p>${countText(links)}</p>
${named.length > 0 ? html`<ul>${named}${more > 0 ? html`<li>and ${more} more</li>` : undefined}</ul>` : undefined}`;
}

function countText(links: readonly Link[]): string {
  const of = (state: Link['state']) => links.filter((link) => link.state === state).length;
  const all = count(links.length, 'link');
  if (of('unmeasured') === links.length) return `${all}, not measured.`;
  const rest = of('unmeasured') === 0 ? '' : `, ${of('unmeasured')} not measured`;
  return `${of('go')} of ${all} GO${rest}.`;
}
