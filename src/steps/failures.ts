import type { FragmentReply } from '../remote/program.js';
import type { Explanation } from './types.js';

/** First line of a text with something in it. */
export function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** What a full disk looks like, whichever tool met it. */
export function explainDiskFull(reply: FragmentReply): Explanation | undefined {
  const said = `${reply.stderr}\n${reply.stdout}`;
  const line = said
    .split('\n')
    .find((text) => /No space left on device|Disk quota exceeded|enough free space/i.test(text));
  if (line === undefined) return undefined;
  return {
    code: 'E_DISK_FULL',
    message: `the disk of the node is full: ${line.trim()}`,
    fix: 'free some space (`df -h`, `df -i`, `apt-get clean`, `journalctl --vacuum-size=100M`) and run again',
  };
}
