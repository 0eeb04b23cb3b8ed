/** Limits how many things run at once, fewer after trouble; the others wait in order. */
export class Limit {
  readonly #ceiling: number;
  readonly #waiting: (() => void)[] = [];
  #size: number;
  #running = 0;

  constructor(ceiling: number) {
    this.#ceiling = ceiling;
    this.#size = ceiling;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#size) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  /** Halves the limit; at least one remains. */
  backOff(): void {
    this.#size = Math.max(1, Math.floor(this.#size / 2));
  }

  /** Raises the limit by one, up to the maximum. */
  ease(): void {
    this.#size = Math.min(this.#ceiling, this.#size + 1);
    this.#admit();
  }

  #admit(): void {
    while (this.#running < this.#size) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      next();
    }
  }
}
