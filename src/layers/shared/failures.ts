import { BridgeheadError } from '../../core/errors.js';
import type { FragmentReply } from '../../remote/program.js';
import type { Question } from '../../remote/question.js';
import type { Explanation } from '../step.js';

/** First line of a text with something in it. */
export function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** What a disk looks like that can't be written, whichever tool met it: full, over its quota, or read-only. */
export function explainUnwritable({
  stderr,
  stdout = '',
}: Pick<FragmentReply, 'stderr'> & Partial<Pick<FragmentReply, 'stdout'>>): Explanation | undefined {
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim());
  const full = lines.find((line) =>
    /No space left on device|Disk quota exceeded|enough free space/i.test(line),
  );
  if (full !== undefined) {
    const what = /quota/i.test(full) ? 'a disk quota of the node is used up' : 'the disk of the node is full';
    return {
      code: 'E_DISK_FULL',
      message: `${what}: ${full}`,
      fix: 'free some space (`df -h`, `df -i`, `apt-get clean`, `journalctl --vacuum-size=100M`) and run again',
    };
  }
  // The kernel's settings are read-only in some containers, and no disk has to do with it.
  const readOnly = lines.find((line) => /Read-only file system/i.test(line) && !/\/(proc|sys)\//.test(line));
  if (readOnly === undefined) return undefined;
  return {
    code: 'E_READ_ONLY',
    message: `a file system of the node is read-only: ${readOnly}`,
    fix: 'see `findmnt -o TARGET,SOURCE,OPTIONS` and `dmesg | tail -n 50` on the node (the kernel stops writing to a disk that fails), make it writable, and run again',
  };
}

/** The output of a probe that went through; throws E_STEP, with what the node said, for one that did not. */
export function probeOutput(reply: FragmentReply, what: string): string {
  if (reply.code === 0) return reply.stdout;
  throw new BridgeheadError('E_STEP', `${what} could not be read (exit status ${reply.code})`, {
    evidence: reply.stderr.trim().slice(0, 1000),
    fix: 'run that command as root on the node, and fix what it complains about',
  });
}

/** The same question; if its script fails, the answer is E_STEP, with what the node said. */
export function mustSucceed<T>({ script, parse }: Question<T>, what: string): Question<T> {
  return { script, parse: (reply) => parse({ ...reply, stdout: probeOutput(reply, what) }) };
}
