import type { Io } from '../app/terminal/io.js';
import type { EXIT } from '../core/errors.js';
import { exitCodesText } from '../render/help/exit-texts.js';

/** What the command files get: the world, where their result goes, and the footer of their help. */
export interface CommandHost {
  /** Runs a command to its exit code. */
  act(work: (io: Io) => Promise<number>): Promise<void>;
  footer(examples: readonly string[], exits: readonly (keyof typeof EXIT)[]): string;
  readonly exit: () => number;
}

export function createHost(io: Io): CommandHost {
  let exit = 0;
  return {
    exit: () => exit,
    act: async (work) => {
      exit = await work(io);
    },
    footer: (examples, exits) =>
      `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\nExit codes:\n${exitCodesText(exits)}`,
  };
}
