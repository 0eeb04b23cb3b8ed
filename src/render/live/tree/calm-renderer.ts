import { DefaultRenderer } from 'listr2';
import type { Row } from './rows.js';

/** listr2 redraws the whole tree each time; four times a second is enough for people and spares the event loop. */
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
  readonly updater?: { clear(): void; done(): void };
  readonly logger: { readonly process: { hijack(): void; release(): void } };
}

/** listr2's tree with icons by row, redrawn calmly, and able to leave the terminal to a question. */
export function createCalm(
  rowOf: (definition: object) => Row | undefined,
  icon: (state: Row['state'], spin: string) => string,
): Calm {
  let live: DefaultRenderer | undefined;
  let aside = false;
  let drawnAt = 0;
  let turn = 0;
  const insides = () => live as unknown as Insides | undefined;

  class CalmRenderer extends DefaultRenderer {
    override async render(): Promise<void> {
      await super.render();
      live = this;
      if (aside) insides()?.logger.process.release();
    }

    override update(): void {
      const now = Date.now();
      if (aside || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      turn += 1;
      super.update();
    }

    override end(): void {
      if (aside) insides()?.logger.process.hijack();
      super.end();
      live = undefined;
    }

    protected override style(task: Parameters<DefaultRenderer['shouldOutputToOutputBar']>[0]): string {
      const row = rowOf(task.task);
      return row === undefined ? '' : icon(row.state, SPINNER[turn % SPINNER.length] ?? '');
    }
  }

  return {
    Renderer: CalmRenderer,
    stepAside: () => {
      aside = true;
      insides()?.updater?.clear();
      insides()?.updater?.done();
      insides()?.logger.process.release();
    },
    stepBack: () => {
      insides()?.logger.process.hijack();
      aside = false;
    },
  };
}
