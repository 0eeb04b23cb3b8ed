import { BridgeheadError, EXIT } from '../../core/errors.js';
import { readText } from '../../document/index.js';
import { RunSecrets } from '../../layers/pair-secrets.js';
import type { Inventory } from '../../model/inventory.js';
import { renumberJson, renumberText } from '../../render/commands/renumber-text.js';
import { layOutPlaybook } from '../../runner/plan/work.js';
import { printStaleClients } from '../clients/scan-again.js';
import { applyCommand } from '../clients/unchanged.js';
import { loadPlaybookFor } from '../load.js';
import { locateInventory } from '../locate.js';
import { perform } from '../run/execute-run.js';
import { commitApplied, type StagedEdit, stageEdit } from '../staged-edit.js';
import { requireConfirmable } from '../terminal/ask.js';
import type { Io } from '../terminal/io.js';
import { resolveRenumbered } from './clashes.js';
import { type Edit, editRange } from './edit-inventory.js';
import { refuseHopsInUse } from './hops-in-use.js';
import { refuseWithoutSteps } from './needed-steps.js';
import type { RenumberOptions } from './options.js';
import type { Typed } from './wish.js';

/** Gives a network another range; the inventory is changed only after the run ended in GO. */
export async function renumberNetwork(
  words: readonly string[],
  options: RenumberOptions,
  io: Io,
): Promise<number> {
  const json = options.json === true;
  if (options.yes !== true) {
    requireConfirmable('renumber', { io, json, fix: 'add --yes to renumber without asking' });
  }
  const file = locateInventory(options.inventory, io.cwd);
  const target = options.inventory === undefined ? [] : ['-i', options.inventory];
  const typed: Typed = { words, target };
  const before = readText(file);
  const edit = editRange({ file, text: before }, typed);
  if (edit.moves.length === 0) {
    io.stderr.write(`${edit.wish.network} has this range already, and every address is in it\n`);
    return EXIT.go;
  }
  const inventory = resolveRenumbered(file, edit, target);
  await refuseHopsInUse(inventory, edit.wish, io);
  const playbook = await loadPlaybookFor(inventory, options);
  refuseWithoutSteps(playbook, inventory, edit.wish.network);
  // Checked before anything is changed: a playbook that names an old address would no longer load.
  layOutPlaybook(inventory, playbook, new RunSecrets());
  const view = { ...edit.wish, moves: edit.moves };
  const staged = stageEdit(file, (text) => sameEdit(file, edit, editRange({ file, text }, typed)).text);
  try {
    if (!json) io.stdout.write(renumberText(view));
    const { exit, declined, unreached, made, facts } = await perform({
      command: 'renumber',
      inventory,
      edited: before,
      playbook,
      phases: [],
      only: [],
      options,
      io,
      afterPartial: true,
      commit: async () =>
        commitApplied(staged, file, {
          nodes: `the nodes have the new addresses of ${edit.wish.network}`,
          news: 'the new addresses',
        }),
      after: async () => {
        io.stdout.write(json ? `${JSON.stringify(renumberJson(view))}\n` : writtenText(file, edit));
      },
    });
    if (!declined) conclude({ inventory, edit, staged, unreached, made, options, io });
    if (staged.committed()) printStaleClients(inventory, { command: 'apply', facts, options, io });
    return exit;
  } finally {
    staged.discard();
  }
}

/** Throws E_USAGE if the file, changed meanwhile, asks for other addresses than those that are applied. */
function sameEdit(file: string, { moves }: Edit, again: Edit): Edit {
  if (JSON.stringify(again.moves) === JSON.stringify(moves)) return again;
  const message = `${file} was changed meanwhile, and has other addresses to renumber now`;
  throw new BridgeheadError('E_USAGE', message, { fix: 'run renumber again' });
}

const writtenText = (file: string, { wish: { network, ranges } }: Edit): string =>
  `${file} has the new addresses: ${network} is ${ranges.map(({ to }) => to).join(' and ')}.\n`;

interface Ended {
  readonly inventory: Inventory;
  readonly edit: Edit;
  readonly staged: StagedEdit;
  readonly unreached: readonly string[];
  /** Changes that were made. */
  readonly made: number;
  readonly options: RenumberOptions;
  readonly io: Io;
}

/** What is left to do after a run that wasn't GO everywhere. */
function conclude({ inventory, edit, staged, unreached, made, options, io }: Ended): void {
  const apply = `\`${applyCommand(inventory.file, options.playbook)}\``;
  if (!staged.committed()) {
    const { network, ranges } = edit.wish;
    const old = ranges.map(({ from }) => from).join(' and ');
    const back = made > 0 ? ` Or: ${apply} gives every node with a new address its old one.` : '';
    io.stderr.write(
      `The inventory was not changed: ${network} is still ${old} in it. Fix the error above, then run renumber again.${back}\n`,
    );
  } else if (unreached.length > 0) {
    const several = unreached.length > 1;
    io.stderr.write(
      `${unreached.join(', ')} could not be reached: once ${several ? 'they are' : 'it is'} back, ${apply} changes ${several ? 'them' : 'it'}, too.\n`,
    );
  }
}
