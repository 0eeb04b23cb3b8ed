import { createRequire } from 'node:module';

/** Loads ajv, when it is first called. The build replaces this with what it puts into the bundle. */
export const ajvLibrary = (): typeof import('ajv') => createRequire(import.meta.url)('ajv');
