import type { Paint } from '../colour.js';
import type { Cell } from './collect.js';

/** `0.4`, `12`, `1420`, `STOP`; `ok` if it succeeded and was not timed. */
export function cellText({ go, value, unit }: Cell): string {
  if (!go) return 'STOP';
  if (value === undefined) return 'ok';
  return unit === 'ms' && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}

/** The same with its unit: `0.4 ms`. */
export function cellWords(cell: Cell): string {
  const text = cellText(cell);
  return cell.go && cell.value !== undefined ? `${text} ${cell.unit}` : text;
}

export function paintCell(cell: Cell, text: string, paint: Paint): string {
  if (!cell.go) return paint.bad(text);
  return cell.lost === undefined ? text : paint.warn(text);
}
