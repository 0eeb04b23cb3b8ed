/** What the report of a run can be written as. */
export const FORMATS = ['html', 'junit', 'markdown', 'json'] as const;

export type Format = (typeof FORMATS)[number];
