import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from './version.js';

/** The words that start this very program again. */
export const THIS_PROGRAM: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('bin/bridgehead.js', PACKAGE_ROOT)),
];
