import stringWidth from 'fast-string-width';
import type { Stretch, Style } from './ansi.js';
import type { Frame } from './frames.js';

export interface Recording {
  readonly title: string;
  /** What happens, for those who can't see it. */
  readonly description: string;
  readonly columns: number;
  readonly rows: number;
  readonly frames: readonly Frame[];
}

const FONT = 14;
const CELL = 8.4;
const LINE = 17;
const MARGIN = 14;

/** The terminal's colours on a light and on a dark background. */
const COLOURS: readonly (readonly [number, string, string])[] = [
  [0, '#1f2328', '#f0f6fc'],
  [1, '#cf222e', '#ff7b72'],
  [2, '#1a7f37', '#3fb950'],
  [3, '#9a6700', '#d29922'],
  [4, '#0969da', '#58a6ff'],
  [5, '#8250df', '#bc8cff'],
  [6, '#1b7c83', '#39c5cf'],
  [7, '#59636e', '#9198a1'],
];

/**
 * A recording as a picture that needs nothing else: its text is text, its colours follow the reader's theme, and its frames
 * pass once, unless the reader wants no motion and sees the last one.
 */
export function svgOf({ title, description, columns, rows, frames }: Recording): string {
  const [width, height] = [Math.ceil(columns * CELL) + 2 * MARGIN, rows * LINE + 2 * MARGIN];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(description)}</desc>
<style>
${styleSheet(frames)}
</style>
<rect class="window" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${frames.map(frameGroup).join('\n')}
</svg>
`;
}

function styleSheet(frames: readonly Frame[]): string {
  const inks = (theme: 1 | 2) => COLOURS.map((colour) => `.c${colour[0]}{fill:${colour[theme]}}`).join('');
  const total = frames.reduce((sum, { ms }) => sum + ms, 0);
  let at = 0;
  const keyframes = frames.map(({ ms }, index) => {
    const [from, to] = [percent(at, total), percent(at + ms, total)];
    at += ms;
    const before = index === 0 ? '' : '0%{visibility:hidden}';
    const after = index === frames.length - 1 ? '' : `${to}{visibility:hidden}`;
    return `.f${index}{animation-name:f${index}}@keyframes f${index}{${before}${from}{visibility:visible}${after}}`;
  });
  return `.window{fill:#fff;stroke:#d1d9e0}
text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre;fill:#1f2328}
.b{font-weight:bold}.d{opacity:.7}.u{text-decoration:underline}
${inks(1)}
@media (prefers-color-scheme:dark){
.window{fill:#0d1117;stroke:#3d444d}
text{fill:#f0f6fc}
${inks(2)}
}
.f{visibility:hidden}.f${frames.length - 1}{visibility:visible}
@media (prefers-reduced-motion:no-preference){
.f{animation:${total / 1000}s step-end both}
${keyframes.join('\n')}
}`;
}

const percent = (part: number, total: number): string => `${Math.round((10_000 * part) / total) / 100}%`;

function frameGroup({ lines }: Frame, index: number): string {
  const texts = lines.map(lineText).filter((text) => text !== '');
  return `<g class="f f${index}">\n${texts.join('\n')}\n</g>`;
}

/** `textLength` keeps the columns, whatever font the reader has. */
function lineText(line: readonly Stretch[], row: number): string {
  const text = line.map((stretch) => stretch.text).join('');
  const shown = text.trimEnd();
  if (shown === '') return '';
  let left = shown.length;
  const parts = line.map(({ text, style }) => {
    const part = text.slice(0, left);
    left -= part.length;
    return spanOf(part, style);
  });
  const y = MARGIN + row * LINE + FONT;
  const length = Math.round(10 * CELL * stringWidth(shown)) / 10;
  return `<text xml:space="preserve" x="${MARGIN}" y="${y}" textLength="${length}">${parts.join('')}</text>`;
}

function spanOf(text: string, { colour, bold, faint, underlined }: Style): string {
  if (text === '') return '';
  // Bright black is the terminal's grey; other bright colours are those of the theme.
  const ink = colour === undefined ? [] : [`c${colour === 8 ? 7 : colour % 8}`];
  const classes = [...ink, ...(bold ? ['b'] : []), ...(faint ? ['d'] : []), ...(underlined ? ['u'] : [])];
  return classes.length === 0
    ? escaped(text)
    : `<tspan class="${classes.join(' ')}">${escaped(text)}</tspan>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
