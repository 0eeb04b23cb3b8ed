import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../core/package-root.js';

/** The command that starts this program again. */
export const THIS_PROGRAM: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('bin/bridgehead.js', PACKAGE_ROOT)),
];
