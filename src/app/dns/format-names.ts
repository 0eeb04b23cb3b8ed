/** What `dns records` can print. */
export const RECORD_FORMATS = ['list', 'zone', 'octodns'] as const;

export type RecordFormat = (typeof RECORD_FORMATS)[number];
