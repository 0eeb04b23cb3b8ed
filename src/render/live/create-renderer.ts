import type { StampedEvent } from '../../runner/events/events.js';
import { clean } from '../clean.js';
import type { Paint } from '../colour.js';
import { createJsonLines } from './json-lines.js';
import { createLines } from './lines.js';
import type { Renderer, Write } from './renderer.js';

/** Lines that a tree needs besides one for each phase, and the fewest columns for a readable line. */
const LEAST_ROWS = 6;
const LEAST_COLUMNS = 40;

export interface Stage {
  readonly write: Write;
  readonly paint: Paint;
  readonly json: boolean;
  /** Whether standard output is a terminal that can be redrawn, and not logged. */
  readonly live: boolean;
  /** Size of the terminal in lines and columns. */
  readonly height: number;
  readonly width: number;
}

/** The renderer for where the output goes: JSON lines, a tree if it fits the terminal, else plain lines. */
export async function createRenderer(stage: Stage): Promise<Renderer> {
  if (stage.json) return createJsonLines(stage.write);
  const { createTree } = stage.live ? await import('./tree/tree.js') : { createTree: undefined };
  let chosen: Renderer | undefined;
  const choose = (event: StampedEvent): Renderer => {
    const phases = event.type === 'run-started' ? event.phases.length : Number.POSITIVE_INFINITY;
    const fits = phases + LEAST_ROWS <= stage.height && stage.width >= LEAST_COLUMNS;
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
