import type { StampedEvent } from '../../runner/events/events.js';
import { clean } from '../clean.js';
import type { Paint } from '../colour.js';
import { createJsonLines } from './json-lines.js';
import { createLines } from './lines.js';
import type { Renderer, Write } from './renderer.js';
import { liveRows } from './tree/rows.js';

/** With more rows than this, redrawing the tree costs more than the work it shows. */
const MOST_ROWS = 20;

export interface Stage {
  readonly write: Write;
  readonly paint: Paint;
  readonly json: boolean;
  /** Whether standard output is a terminal that can be redrawn, and not logged. */
  readonly live: boolean;
  /** Height of the terminal in lines. */
  readonly height: number;
}

/** The renderer for where the output goes: JSON lines, a tree if it fits the terminal, else plain lines. */
export async function createRenderer(stage: Stage): Promise<Renderer> {
  if (stage.json) return createJsonLines(stage.write);
  const { createTree } = stage.live ? await import('./tree/tree.js') : { createTree: undefined };
  let chosen: Renderer | undefined;
  const choose = (event: StampedEvent): Renderer => {
    const rows = event.type === 'run-started' ? liveRows(event) : Number.POSITIVE_INFINITY;
    const fits = rows <= Math.min(MOST_ROWS, stage.height - 2);
    return createTree !== undefined && fits ? createTree(stage.paint) : createLines(stage.write, stage.paint);
  };
  return {
    get keepsGates() {
      return chosen?.keepsGates ?? true;
    },
    event: (event) => {
      chosen ??= choose(event);
      chosen.event(clean(event));
    },
    suspend: (work) => (chosen === undefined ? work() : chosen.suspend(work)),
    close: async () => chosen?.close(),
  };
}
