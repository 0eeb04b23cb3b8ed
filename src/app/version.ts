import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from '../core/package-root.js';

/** The version that package.json names. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8')) as {
    version: string;
  };
  return version;
}
