import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const ROWS = 250;
const POLL_MS = 200;

/** A real terminal, by tmux, in which a command runs; large enough that nothing scrolls away. */
export class Terminal {
  readonly #server: string;

  constructor(
    name: string,
    columns: number,
    {
      cwd,
      command,
      rows = ROWS,
    }: { readonly cwd: string; readonly command: readonly string[]; readonly rows?: number },
  ) {
    this.#server = `bridgehead-${name}`;
    this.#tmux(
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      '-s',
      'it',
      '-c',
      cwd,
      ...command,
    );
  }

  /** What is on the screen, without the empty lines at its end. */
  screen(): string {
    return this.#tmux('capture-pane', '-p', '-J', '-t', 'it').trimEnd();
  }

  /** All that was shown, what has scrolled away too, each line as it is broken at the edge. */
  everything(): string {
    return this.#tmux('capture-pane', '-p', '-S', '-', '-t', 'it').trimEnd();
  }

  /** The screen with its colours, as tmux writes them. */
  painted(): string {
    return this.#tmux('capture-pane', '-p', '-e', '-t', 'it').trimEnd();
  }

  /** Keys as tmux names them: `Enter`, `Escape`, `C-c`, `Down`, or text. */
  keys(...keys: readonly string[]): void {
    this.#tmux('send-keys', '-t', 'it', ...keys);
  }

  /** Waits until the last lines of the screen are so. Throws with the screen when the time is up. */
  async until(expected: RegExp, seconds = 60): Promise<string> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const screen = this.screen();
      if (expected.test(screen)) return screen;
      if (Date.now() > deadline) throw new Error(`no ${expected} within ${seconds} s:\n${screen}`);
      await pause(POLL_MS);
    }
  }

  stop(): void {
    spawnSync('tmux', ['-L', this.#server, 'kill-server']);
  }

  #tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...words], { encoding: 'utf8' });
  }
}
