import type { Draft } from '../../../src/app/draft/draft.js';
import { inventoryText } from '../../../src/app/draft/inventory-text.js';
import { importSources } from '../../../src/app/import/import.js';
import { formatProblem, InputError } from '../../../src/core/errors.js';

export interface ImportedTexts {
  readonly draft: Draft;
  /** The lines of the inventory below `nodes:`, `sites:` and so on, without comments. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** What files with these texts are imported as. */
export function imported(
  files: Readonly<Record<string, string>>,
  owners: Record<string, string> = {},
): ImportedTexts {
  const sources = Object.entries(files).map(([file, text]) => ({ file, text, owner: owners[file] }));
  const { draft, notes } = importSources(sources, 'test');
  const lines = inventoryText(draft)
    .split('\n')
    .filter((line) => /^ /.test(line) && !/^ *#/.test(line))
    .map((line) => line.slice(2));
  return { draft, lines, notes: notes.map(formatProblem) };
}

/** What is wrong with files of these texts. */
export function refused(files: Readonly<Record<string, string>>): string[] {
  try {
    imported(files);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(formatProblem);
    throw error;
  }
  throw new Error('it was imported');
}
