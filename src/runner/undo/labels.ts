const BEGINNING = 'undo of ';

/** The phase in which a run undoes an earlier one, and the name under which nodes keep what was there before that. */
export const undoLabel = (undoing: string): string => `${BEGINNING}${undoing}`;

export const isUndoLabel = (label: string): boolean => label.startsWith(BEGINNING);

/** The run that is undone in a phase. */
export const undoneIn = (label: string): string => label.slice(BEGINNING.length);
