/** What every file that we write begins with, whatever the version. */
export const MANAGED = '# Managed by Bridgehead';

/** The same for files that the next apply writes again if they were edited. */
export const OVERWRITTEN = `${MANAGED}: edits here are overwritten by the next apply.`;

const FOR = '# For the inventory: ';

/** The line by which a file of ours shows for which inventory it was written. */
export const forInventory = (name: string): string => `${FOR}${name}`;

/** Which inventory a file of ours was written for. */
export const inventoryOf = (text: string): string | undefined =>
  text
    .split('\n')
    .find((line) => line.startsWith(FOR))
    ?.slice(FOR.length);
