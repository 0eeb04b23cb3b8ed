/** The words of one of this program's commands in the container, where it builds the lab itself. */
export const inside = (command: readonly string[], inventoryFile: string): readonly string[] => [
  ...command,
  ...['--driver', 'nspawn', '-i', inventoryFile],
];
