import { sha256 } from '../../../core/sha256.js';

/** `photos-3fa9c1d2`: another name for each content, so that what is served shows whether it is the file that was written. */
export function versionOf(name: string, config: unknown): string {
  return `${name}-${sha256(JSON.stringify(config)).slice(0, 8)}`;
}
