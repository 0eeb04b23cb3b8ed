/** How a stretch of text looks; `colour` is a colour of the terminal, 0 to 7, or 8 to 15 where it is bright. */
export interface Style {
  readonly colour?: number;
  readonly bold?: true;
  readonly faint?: true;
  readonly underlined?: true;
}

export interface Stretch {
  readonly text: string;
  readonly style: Style;
}

/** What tmux shows with `capture-pane -e`, line by line. Throws where it has an attribute that a recording would lose. */
export function parseScreen(screen: string): Stretch[][] {
  let style: Style = {};
  return screen.split('\n').map((line) => {
    const stretches: Stretch[] = [];
    for (const [, codes, text = ''] of `\u001b[m${line}`.matchAll(/\u001b\[([\d;]*)m([^\u001b]*)/g)) {
      // The one put before the line is empty; tmux always writes a number.
      if (codes) style = codes.split(';').map(Number).reduce(styled, style);
      if (text !== '') stretches.push({ text, style });
    }
    return stretches;
  });
}

function styled(style: Style, code: number): Style {
  const { colour, bold, faint, underlined, ...rest } = style;
  const weight = { ...(bold && { bold }), ...(faint && { faint }) };
  const line = underlined && { underlined };
  const ink = colour !== undefined && { colour };
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, faint: true };
  if (code === 4) return { ...style, underlined: true };
  if (code === 22) return { ...rest, ...ink, ...line };
  if (code === 24) return { ...rest, ...ink, ...weight };
  // The background that everything has.
  if (code === 49) return style;
  if (code === 39) return { ...rest, ...weight, ...line };
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, colour: code - 90 + 8 };
  throw new RangeError(`the screen has the attribute ${code}, which recordings don't have`);
}
