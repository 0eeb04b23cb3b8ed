import { writeSync } from 'node:fs';

/** Writes everything: the system may write only as much as fits the disk, and reports that it is full only to the next attempt. */
export function writeFully(handle: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
}
