import { commandLine } from '../../render/command-line.js';

/** The command that applies a network completely, as it would be typed. */
export function applyCommand(inventoryFile: string, playbook: string | undefined): string {
  return commandLine([
    'bridgehead',
    'apply',
    '-i',
    inventoryFile,
    ...(playbook === undefined ? [] : ['-p', playbook]),
  ]);
}

/**
 * The message for a client that could not be added to its hub, or removed from it.
 *
 * @param unmet the phase before the hub's own that is not in force there, such as when the network has only just got a hub.
 */
export function unchangedText(hub: string, unmet: string | undefined, apply: string): string {
  const kept = 'The inventory was not changed, and no configuration was shown or written.';
  return unmet === undefined
    ? `${kept} If ${hub} was changed, ${apply} brings it back in line with the inventory.`
    : `${kept} ${hub} does not match the inventory yet (phase ${unmet}), so its clients can't be changed: run ${apply} first, then this command again.`;
}

/** The message if only the inventory could not be written; `kept` has its new text. */
export function unwrittenText(inventoryFile: string, kept: string, apply: string): string {
  return `${inventoryFile} was not changed. Copy what has changed from ${kept} into it before the next ${apply}, which would undo it on the hub.`;
}
