import { DefaultRenderer } from 'listr2';
import { Screen } from './screen.js';

/** Four drawings a second are enough for people, and spare the event loop. */
const REDRAW_MS = 250;

const SPINNER = ['|', '/', '-', '\\'] as const;

export interface Calm {
  /** The class to give to listr2 as its renderer. */
  readonly Renderer: typeof DefaultRenderer;
  /** Takes the tree off the terminal. */
  stepAside(): void;
  stepBack(): void;
}

/** Parts of DefaultRenderer that are needed here and not declared as public. */
interface Insides {
  readonly logger: {
    readonly process: { hijack(): void; release(): void; toStdout(text: string, eol: boolean): void };
  };
  readonly spinner: { stop(): void };
}

/**
 * listr2's renderer with lines of our own, drawn calmly, and able to leave the terminal to a question. What others write
 * meanwhile is held back until the end, as listr2 always does.
 */
export function createCalm(draw: (spin: string) => readonly string[]): Calm {
  let live: Insides | undefined;
  let aside = false;
  let drawnAt = 0;
  let turn = 0;
  const screen = new Screen({
    write: (text) => live?.logger.process.toStdout(text, false),
    columns: () => process.stdout.columns || 80,
  });
  const redraw = () => screen.draw(draw(SPINNER[turn % SPINNER.length] ?? ''));

  class CalmRenderer extends DefaultRenderer {
    override async render(): Promise<void> {
      await super.render();
      live = this as unknown as Insides;
      if (aside) live.logger.process.release();
    }

    override update(): void {
      const now = Date.now();
      if (aside || live === undefined || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      turn += 1;
      redraw();
    }

    override end(): void {
      live?.spinner.stop();
      if (aside) live?.logger.process.hijack();
      redraw();
      live?.logger.process.release();
      live = undefined;
    }
  }

  return {
    Renderer: CalmRenderer,
    stepAside: () => {
      aside = true;
      screen.clear();
      live?.logger.process.release();
    },
    stepBack: () => {
      live?.logger.process.hijack();
      aside = false;
    },
  };
}
