import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';

interface Output {
  write(text: string): unknown;
  columns(): number;
}

/** Lines at the bottom of a terminal that replace each other, also after it was made narrower. */
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
   * A line that no longer fits has been broken by the terminal, and takes several rows. Row by row: a terminal may keep
   * what is erased at once from its first row on as history.
   */
  #erasure(): string {
    if (this.#drawn.length === 0) return '';
    const columns = Math.max(1, this.#out.columns());
    const rowsOf = (line: string) => Math.ceil(stringWidth(stripVTControlCharacters(line)) / columns);
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, rowsOf(line)), 0);
    return `${'\u001b[1A\u001b[2K'.repeat(rows)}\r`;
  }
}
