import { BridgeheadError } from '../errors.js';
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

/** The output of a probe that went through; throws E_STEP, with what the node said, for one that did not. */
export function probeOutput(reply: FragmentReply, what: string): string {
  if (reply.code === 0) return reply.stdout;
  throw new BridgeheadError('E_STEP', `${what} could not be read (exit status ${reply.code})`, {
    evidence: reply.stderr.trim().slice(0, 1000),
    fix: 'run the named command as root on the node, and put right what it complains of',
  });
}
