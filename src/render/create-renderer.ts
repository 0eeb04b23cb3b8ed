import type { StampedEvent } from '../runner/events/events.js';
import { clean } from './clean.js';
import type { Paint } from './colour.js';
import { createJsonLines } from './json-lines.js';
import { createLines } from './lines.js';
import type { Renderer, Write } from './renderer.js';
import { liveRows } from './tree/rows.js';

/** Beyond this many rows redrawing a tree costs more than the work that it shows. */
const MOST_ROWS = 20;

export interface Stage {
  readonly write: Write;
  readonly paint: Paint;
  readonly json: boolean;
  /** A terminal that can be redrawn: standard output is one, and nobody logs it. */
  readonly live: boolean;
  /** Lines of the terminal. */
  readonly height: number;
}

/** The reader that suits where the output goes: JSON lines, a tree where it fits a terminal, else plain lines. */
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
