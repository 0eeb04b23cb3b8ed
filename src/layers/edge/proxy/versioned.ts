import { createHash } from 'node:crypto';

/** `photos-3fa9c1d2`: another name for each content, so that what is served shows whether it is the file that was written. */
export function versionOf(name: string, config: unknown): string {
  return `${name}-${createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 8)}`;
}
