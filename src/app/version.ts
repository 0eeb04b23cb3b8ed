import { readFileSync } from 'node:fs';

/** Folder of the package, both from its sources and from the build. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);

/** The version that package.json names. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8')) as {
    version: string;
  };
  return version;
}
