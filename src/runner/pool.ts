/** Maps with at most `limit` calls at once and keeps the order. Every call runs to its end; each rejection is kept. */
export async function mapSettled<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = new Array(items.length);
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) {
      results[index] = await task(item).then(
        (value): PromiseSettledResult<R> => ({ status: 'fulfilled', value }),
        (reason: unknown): PromiseSettledResult<R> => ({ status: 'rejected', reason }),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** Lets at most `limit` tasks run at once; the others wait in order. */
export class Pool {
  readonly #limit: number;
  readonly #waiting: { readonly places: number; readonly begin: () => void }[] = [];
  #free: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#free = limit;
  }

  run<R>(task: () => Promise<R>): Promise<R> {
    return this.#in(1, task);
  }

  /**
   * Runs tasks that wait for each other: the first is begun once there is room for all of them. More than `limit` begin
   * once nothing else runs, and take turns.
   */
  runTogether<R>(tasks: readonly (() => Promise<R>)[]): Promise<R[]> {
    const turns = new Pool(this.#limit);
    return this.#in(Math.min(tasks.length, this.#limit), () =>
      Promise.all(tasks.map((task) => turns.run(task))),
    );
  }

  async #in<R>(places: number, task: () => Promise<R>): Promise<R> {
    if (this.#waiting.length === 0 && places <= this.#free) this.#free -= places;
    else await new Promise<void>((begin) => this.#waiting.push({ places, begin }));
    try {
      return await task();
    } finally {
      this.#free += places;
      this.#letIn();
    }
  }

  #letIn(): void {
    for (
      let [next] = this.#waiting;
      next !== undefined && next.places <= this.#free;
      [next] = this.#waiting
    ) {
      this.#waiting.shift();
      this.#free -= next.places;
      next.begin();
    }
  }
}
