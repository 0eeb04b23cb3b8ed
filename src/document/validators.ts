/** Whether a value is as one schema wants it. */
export type Validator = (value: unknown) => boolean;

/** By a schema's `$id`. The build puts in its place what it compiles ahead; where the sources are run, there are none. */
export const validators: Readonly<Record<string, Validator | undefined>> = {};
