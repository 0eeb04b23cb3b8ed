import { html, type Markup } from '../markup.js';
import { headHeight, type Layout, type PlacedBox, type PlacedFrame, type Rectangle } from './layout.js';
import type { Link } from './links.js';
import { charactersIn, LINE, PAD } from './measures.js';
import { clearSpot, type Path, type Point } from './paths.js';

/** Radius of a cross, and the room around it. */
const CROSS = 9;
const AROUND = CROSS + 2;

export interface Drawing {
  readonly layout: Layout;
  readonly links: readonly { readonly link: Link; readonly path: Path }[];
  /** Nodes that the run was about. */
  readonly chosen: ReadonlySet<string>;
}

/** The drawing as SVG; it is hidden from screen readers, for which a text beside it says the same. */
export function svgOf({ layout, links, chosen }: Drawing, className: string): Markup {
  const { width, height, boxes, frames, internet } = layout;
  // What stopped is drawn last, above the rest.
  const taken = [...boxes, ...frames.map(headOf)];
  const order = links.toSorted((a, b) => Number(a.link.state === 'stop') - Number(b.link.state === 'stop'));
  return html`<svg class="network ${className}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">
${internet === undefined ? undefined : internetMarkup(width, internet)}
${frames.map(({ x, y, width, height }) => html`<rect class="site" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>\n`)}
${order.map(({ link, path }) => html`<path class="link ${link.state}" d="${path.d}"><title>${titleOf(link)}</title></path>\n`)}
${frames.map((frame) => html`<g>${linesMarkup([frame.place.title, ...frame.place.lines], frame)}</g>\n`)}
${boxes.map((box) => boxMarkup(box, chosen))}
${order.filter(({ link }) => link.state === 'stop').map(({ path }) => crossMarkup(clearSpot(path, taken, AROUND)))}
</svg>
`;
}

const titleOf = ({ from, to, state, stopped }: Link): string => {
  const said = { go: 'GO', stop: `STOP: ${stopped.join(', ')}`, unmeasured: 'not measured' }[state];
  return `${from} – ${to}: ${said}`;
};

function internetMarkup(width: number, y: number): Markup {
  return html`<line class="internet" x1="0" x2="${width}" y1="${y}" y2="${y}"/>
<text class="faint" x="${width - 4}" y="${y - 6}" text-anchor="end">internet</text>`;
}

function boxMarkup(placed: PlacedBox, chosen: ReadonlySet<string>): Markup {
  const { box, x, y, width, height } = placed;
  const kind = box.isClient ? 'client' : chosen.has(box.name) ? 'node' : 'node other';
  return html`<g><rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${box.isClient ? 14 : 4}"/>
${linesMarkup([box.title, ...box.lines], placed)}</g>
`;
}

/** A title and lines below it, from the upper left corner on. */
function linesMarkup(lines: readonly string[], { x, y, width }: Rectangle): Markup {
  const room = width - 2 * PAD;
  const texts = lines.map((line, index) => {
    const characters = [...line];
    const fits = charactersIn(room, index === 0);
    const shown = characters.length <= fits ? line : `${characters.slice(0, fits - 1).join('')}…`;
    const top = y + PAD + LINE * (index + 0.75);
    const full = shown === line ? undefined : html`<title>${line}</title>`;
    return html`<text class="${index === 0 ? 'strong' : 'faint'}" x="${x + PAD}" y="${top}">${full}${shown}</text>`;
  });
  return html`${texts}`;
}

/** Where the words of a frame are. */
const headOf = ({ place, x, y, width }: PlacedFrame): Rectangle => ({
  x,
  y,
  width,
  height: headHeight(place),
});

function crossMarkup([x, y]: Point): Markup {
  return html`<g class="cross"><circle cx="${x}" cy="${y}" r="${CROSS}"/><path d="M${x - 4} ${y - 4} l8 8 M${x + 4} ${y - 4} l-8 8"/></g>
`;
}
