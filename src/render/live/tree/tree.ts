import { Listr } from 'listr2';
import type { StampedEvent } from '../../../runner/events/events.js';
import type { Paint } from '../../colour.js';
import type { Renderer } from '../renderer.js';
import { createCalm } from './calm-renderer.js';
import { TreeState } from './state.js';
import { treeLines } from './view.js';

/** The live tree on a terminal: phases, and a row for each node and gate in the running one. */
export function createTree(paint: Paint): Renderer {
  let tree: Tree | undefined;
  return {
    event: (event) => {
      if (event.type === 'run-started') tree = growTree(new TreeState(event, Date.parse(event.at)), paint);
      tree?.event(event);
    },
    keepsGates: false,
    suspend: async (work) => {
      tree?.stepAside();
      try {
        return await work();
      } finally {
        tree?.stepBack();
      }
    },
    close: async () => {
      await tree?.close();
    },
  };
}

interface Tree {
  event(event: StampedEvent): void;
  stepAside(): void;
  stepBack(): void;
  close(): Promise<void>;
}

function growTree(state: TreeState, paint: Paint): Tree {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const calm = createCalm((spin) => {
    const { columns, rows } = process.stdout;
    const [width, height] = [columns || 80, rows || 24];
    return treeLines(state.rows, { width, height, now: Date.now(), spin }, paint);
  });
  const listr = new Listr([{ title: 'run', task: () => ended }], {
    registerSignalListeners: false,
    renderer: calm.Renderer,
  });
  const done = listr.run();
  // close() reports a failure; until then it must not end the process as unhandled.
  done.catch(() => {});

  return {
    event: (event) => state.apply(event, Date.parse(event.at)),
    stepAside: calm.stepAside,
    stepBack: calm.stepBack,
    close: async () => {
      state.finish();
      end();
      await done;
    },
  };
}
