/** Whether a value matches one schema. */
export type Validator = (value: unknown) => boolean;

/** By a schema's `$id`. The build replaces this with what it compiles ahead; when run from source there are none. */
export const validators: Readonly<Record<string, Validator | undefined>> = {};
