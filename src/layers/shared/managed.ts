/** What every file that we write begins with, whatever the version. */
export const MANAGED = '# Managed by Bridgehead';

/** The same for files that the next apply writes again if they were edited. */
export const OVERWRITTEN = `${MANAGED}: edits here are overwritten by the next apply.`;
