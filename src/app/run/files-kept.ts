import { BridgeheadError } from '../../core/errors.js';
import { readText, textOf } from '../../document/index.js';
import type { Given } from '../../runner/journal/given.js';

/**
 * Throws E_USAGE if the file of the inventory or the playbook no longer says what it said when it was parsed: another run, such as
 * a `client add`, may have written into it. One that no file describes is left out.
 *
 * @param edited What the file of the inventory said, if the inventory is an edit of that.
 */
export function requireSameFiles({ inventory, playbook }: Given, edited?: string): void {
  requireSame(inventory.file, edited ?? textOf(inventory));
  requireSame(playbook.file, textOf(playbook));
}

function requireSame(file: string, before: string | undefined): void {
  if (before === undefined || readText(file) === before.replace(/^\uFEFF/, '')) return;
  throw new BridgeheadError('E_USAGE', `${file} was changed after this run had read it`, {
    fix: 'nothing was changed on the nodes; run the command again, so that it applies what the file says now',
  });
}
