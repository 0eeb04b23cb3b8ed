import QRCode from 'qrcode';
import type { Secret } from '../../core/secret.js';

/** Light modules around a code; scanners require four. */
const QUIET = 4;
/** Pixels per module of the image. */
const PIXELS = 6;
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const RESET = '\u001b[0m';

/** The size of a code on a terminal. */
export interface QrSize {
  readonly columns: number;
  readonly rows: number;
}

/** The size of a text's code; it depends only on the number of its bytes. */
export function qrSize(text: Secret): QrSize {
  const side = modulesOf(text).size + 2 * QUIET;
  return { columns: side, rows: Math.ceil(side / 2) };
}

/**
 * A text as a QR code for a terminal, two modules per character. With colours it is black on white, whatever the
 * terminal's own; without, light modules are drawn, for a terminal with a dark background.
 */
export function qrText(text: Secret, colour: boolean): string {
  const { size, data } = modulesOf(text);
  const isDark = (row: number, column: number): boolean =>
    row >= 0 && column >= 0 && row < size && column < size && data[row * size + column] === 1;
  const drawn = (row: number, column: number) => isDark(row, column) === colour;
  const lines: string[] = [];
  for (let row = -QUIET; row < size + QUIET; row += 2) {
    let line = '';
    for (let column = -QUIET; column < size + QUIET; column += 1) {
      line += half(drawn(row, column), drawn(row + 1, column));
    }
    lines.push(colour ? `${BLACK_ON_WHITE}${line}${RESET}` : line);
  }
  return `${lines.join('\n')}\n`;
}

/** Rows unfiltered: trying all filters of PNG takes twenty times as long, and the file doesn't get smaller. */
const UNFILTERED = { deflateLevel: 9, filterType: 0 };

/** A text as a QR code, a PNG image. */
export function qrPng(text: Secret): Promise<Buffer> {
  return QRCode.toBuffer(segments(text), {
    type: 'png',
    margin: QUIET,
    scale: PIXELS,
    rendererOpts: { ...UNFILTERED },
    ...LEVEL,
  });
}

function half(top: boolean, bottom: boolean): string {
  if (top) return bottom ? '█' : '▀';
  return bottom ? '▄' : ' ';
}

const LEVEL = { errorCorrectionLevel: 'L' } as const;

/** All bytes in one segment, so that the size doesn't depend on the content. */
function segments(text: Secret): QRCode.QRCodeSegment[] {
  return [{ data: new TextEncoder().encode(text.reveal()), mode: 'byte' }];
}

function modulesOf(text: Secret): { readonly size: number; readonly data: Uint8Array } {
  const { size, data } = QRCode.create(segments(text), LEVEL).modules;
  return { size, data };
}
