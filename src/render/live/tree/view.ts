import stringWidth from 'fast-string-width';
import type { Paint } from '../../colour.js';
import { padTo } from '../../table.js';
import { duration } from '../../text.js';
import { foldNodes, type Shown } from './fold.js';
import type { Row } from './rows.js';

/** The terminal at the time of a drawing. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** The spinner's current frame. */
  readonly spin: string;
}

/** The column in which times end, if the terminal is that wide. */
const WIDEST = 100;
const WIDEST_NAME = 24;
/** Shorter times aren't shown. */
const LEAST_MS = 100;

/** The tree as lines: the phases, and below the running one its nodes, then its gates. */
export function treeLines(rows: readonly Row[], frame: Frame, paint: Paint): string[] {
  const phases = rows.filter(({ parent }) => parent === undefined);
  const wide = nameWidth(phases);
  const line = lineMaker(frame, paint);
  return phases.flatMap((phase) => {
    const own = line('', phase, wide);
    if (phase.state !== 'running') return [own];
    const below = rows.filter(({ parent }) => parent === phase.key);
    const gates = below.filter(({ kind }) => kind === 'gate');
    const room = frame.height - phases.length - gates.length - 1;
    const nodes = foldNodes(
      below.filter(({ kind }) => kind === 'node'),
      Math.max(1, room),
    );
    const [nodeWide, gateWide] = [nameWidth(nodes), nameWidth(gates)];
    return [
      own,
      ...nodes.map((row) => line('  ', row, nodeWide)),
      ...gates.map((row) => line('  ', row, gateWide, gateMark(row, frame.spin, paint))),
    ];
  });
}

function nameWidth(rows: readonly Shown[]): number {
  return Math.min(WIDEST_NAME, Math.max(0, ...rows.map(({ name }) => stringWidth(name))));
}

/** A piece of a line, and its style. */
type Piece = readonly [text: string, paint?: ((text: string) => string) | undefined];

function lineMaker({ width, now, spin }: Frame, paint: Paint) {
  const most = Math.min(width, WIDEST) - 1;
  return (margin: string, row: Shown, wide: number, mark: Piece = icon(row, spin, paint)): string => {
    const time = timeOf(row, now);
    const progress =
      row.planned > 1 && row.state === 'running'
        ? `${Math.min(row.took === undefined ? row.done + 1 : row.done, row.planned)}/${row.planned} `
        : '';
    const name = cut(row.name, wide);
    const isBare = row.text === '' && time === '';
    const isOpen = row.state === 'waiting' || row.state === 'skipped';
    const pieces: Piece[] = [
      [margin],
      mark,
      [` ${isBare ? name : `${padTo(name, wide)}  `}`, isOpen ? paint.faint : undefined],
      [`${progress}${row.text}`],
    ];
    const room = time === '' ? most : most - time.length - 2;
    const [left, used] = cutPieces(pieces, room);
    return time === '' ? left : `${left}${' '.repeat(most - used - time.length)}${paint.faint(time)}`;
  };
}

/** The pieces with their styles, cut off at the width. */
function cutPieces(pieces: readonly Piece[], width: number): readonly [text: string, used: number] {
  let used = 0;
  let text = '';
  for (const [piece, style = (plain: string) => plain] of pieces) {
    const shown = cut(piece, width - used);
    used += stringWidth(shown);
    text += style(shown);
  }
  return [text, used];
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let short = '';
  for (const character of text) {
    if (stringWidth(short + character) > width - 1) break;
    short += character;
  }
  return width < 1 ? '' : `${short}…`;
}

function timeOf({ took, began, state }: Shown, now: number): string {
  if (took !== undefined) return took < LEAST_MS ? '' : duration(took);
  if (state !== 'running' || began === undefined || now - began < 1000) return '';
  // Whole seconds: a running row changes no more often than it says something new.
  return duration(Math.floor((now - began) / 1000) * 1000).replace('.0 s', ' s');
}

function icon({ state }: Shown, spin: string, paint: Paint): Piece {
  return (
    {
      waiting: [' '],
      running: [spin, paint.warn],
      good: ['✔', paint.good],
      bad: ['✖', paint.bad],
      skipped: ['-', paint.faint],
    } as const
  )[state];
}

function gateMark({ state }: Shown, spin: string, paint: Paint): Piece {
  return (
    {
      waiting: ['    '],
      running: [`${spin}   `, paint.warn],
      good: ['GO  ', paint.good],
      bad: ['STOP', paint.bad],
      skipped: ['-   ', paint.faint],
    } as const
  )[state];
}
