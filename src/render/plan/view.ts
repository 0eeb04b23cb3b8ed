import type { Paint } from '../colour.js';

/** How a plan is shown. */
export interface PlanView {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
  /** Whether to show every line of every change. */
  readonly full: boolean;
  /** The command that shows every line. */
  readonly hint: string;
}
