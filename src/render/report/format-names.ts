/** What the report of a run can be written as. */
export const FORMATS = ['html', 'junit', 'markdown', 'json', 'github', 'gitlab'] as const;

export type Format = (typeof FORMATS)[number];

/** Those that show things beside the lines of the user's files, and so are also written if those files are wrong. */
export const ANNOTATING = ['github', 'gitlab'] as const satisfies readonly Format[];
