import { commandLine } from '../../render/command-line.js';

/** The command that makes a whole network as its inventory says, as it would be typed. */
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
 * What is said where a client could not be given to its hub, or taken from it.
 *
 * @param unmet the phase before the hub's own that is not in force there, as in a network that has just become one with a hub.
 */
export function unchangedText(hub: string, unmet: string | undefined, apply: string): string {
  const kept = 'The inventory is as it was, and nothing was handed out.';
  return unmet === undefined
    ? `${kept} Should ${hub} have been changed, ${apply} makes it as the inventory says.`
    : `${kept} ${hub} is not yet as the inventory says (phase ${unmet}), so its clients can't be changed: first run ${apply}, then this command again.`;
}
