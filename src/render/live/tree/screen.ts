import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';

interface Output {
  write(text: string): unknown;
  columns(): number;
}

/** Lines at the bottom of a terminal that are redrawn in place, even after the terminal was made narrower. */
export class Screen {
  readonly #out: Output;
  #drawn: readonly string[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  draw(lines: readonly string[]): void {
    this.#out.write(`${this.#erasure()}${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = lines;
  }

  clear(): void {
    this.#out.write(this.#erasure());
    this.#drawn = [];
  }

  /**
   * The terminal has broken a line that no longer fits into several rows. They are erased row by row, since a terminal may
   * keep what is erased in one go as history.
   */
  #erasure(): string {
    if (this.#drawn.length === 0) return '';
    const columns = Math.max(1, this.#out.columns());
    const rowsOf = (line: string) => Math.ceil(stringWidth(stripVTControlCharacters(line)) / columns);
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, rowsOf(line)), 0);
    return `${'\u001b[1A\u001b[2K'.repeat(rows)}\r`;
  }
}
