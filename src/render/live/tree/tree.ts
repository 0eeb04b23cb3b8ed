import { Listr, type ListrTask } from 'listr2';
import type { StampedEvent } from '../../../runner/events/events.js';
import type { Paint } from '../../colour.js';
import type { Renderer } from '../renderer.js';
import { createCalm } from './calm-renderer.js';
import type { Row } from './rows.js';
import { TreeState } from './state.js';

interface Latch {
  readonly wait: Promise<void>;
  readonly open: () => void;
}

/** The live tree on a terminal: phases, and a row for each node and gate in the running one. */
export function createTree(paint: Paint): Renderer {
  let tree: Tree | undefined;
  return {
    event: (event) => {
      if (event.type === 'run-started') tree = growTree(new TreeState(event), paint);
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
  const started = new Map<Row, Latch>();
  const settled = new Map<Row, Latch>();
  const rowOf = new Map<object, Row>();
  const wrappers = new Map<Row, { title: string }>();

  const definition = (row: Row): ListrTask => {
    started.set(row, createLatch());
    settled.set(row, createLatch());
    const children = state.rows.filter((child) => child.parent === row.key).map(definition);
    const task: ListrTask = {
      title: row.title,
      task: async (_context, wrapper) => {
        wrappers.set(row, wrapper);
        wrapper.title = row.title;
        await started.get(row)?.wait;
        const own = async () => settled.get(row)?.wait;
        if (children.length === 0) return own();
        // The untitled task keeps the parent open until the parent's own end, which may come after its children's.
        return wrapper.newListr([...children, { task: own }], { concurrent: true });
      },
    };
    rowOf.set(task, row);
    return task;
  };

  const show = () => {
    for (const row of state.rows) {
      const wrapper = wrappers.get(row);
      if (wrapper !== undefined && wrapper.title !== row.title) wrapper.title = row.title;
      if (row.state !== 'waiting') started.get(row)?.open();
      if (isSettled(row)) settled.get(row)?.open();
    }
  };

  const calm = createCalm(
    (task) => rowOf.get(task),
    (state, spin) => icon(paint, state, spin),
  );
  const listr = new Listr(state.rows.filter((row) => row.parent === undefined).map(definition), {
    concurrent: true,
    registerSignalListeners: false,
    renderer: calm.Renderer,
    rendererOptions: { formatOutput: 'truncate' },
  });
  const done = listr.run();
  // close() reports a failure; until then it must not end the process as unhandled.
  done.catch(() => {});

  return {
    event: (event) => {
      state.apply(event);
      show();
    },
    stepAside: calm.stepAside,
    stepBack: calm.stepBack,
    close: async () => {
      state.finish();
      show();
      await done;
    },
  };
}

function isSettled(row: Row): boolean {
  return row.state === 'good' || row.state === 'bad' || row.state === 'skipped';
}

function createLatch(): Latch {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}

function icon(paint: Paint, state: Row['state'], spin: string): string {
  const icons: Readonly<Record<Row['state'], string>> = {
    waiting: ' ',
    running: paint.warn(spin),
    good: paint.good('✔'),
    bad: paint.bad('✖'),
    skipped: paint.faint('-'),
  };
  return icons[state];
}
