import path from 'node:path';
import { quote } from '../../remote/quote.js';
import temporaryFile from './temporary-file.sh';
import writeFile from './write-file.sh';

export interface FileToWrite {
  /** Absolute and normalised. */
  readonly path: string;
  readonly content: string;
  /** Octal digits, such as `0644`. */
  readonly mode: string;
  readonly owner?: string;
  readonly group?: string;
  /** Command that fails, and says why, if the content in `$temp` is of no use: nothing is put in place then. */
  readonly test?: string | undefined;
}

/** Exit statuses of the built script; everything else is a tool's own. */
export const WRITE_STATUS = { isDirectory: 73, failed: 74 } as const;

/**
 * POSIX sh that puts a file in place completely or not at all: made next to the target under umask 077, synced, renamed.
 *
 * It is one subshell, which fails by its own status even if `set -e` is off. The content is never in a process's
 * arguments. A symbolic link at the target is replaced, never followed; a directory is refused.
 */
export function writeFileScript(file: FileToWrite): string {
  const { owner, group } = file;
  const test = file.test === undefined ? '' : `{ ${file.test}; } >&2 || fail 'it would be no use as'\n`;
  // `cat` writes rather than the shell, because dash doesn't say why a write failed.
  return `(
target=${quote(file.path)}
folder=${quote(path.posix.dirname(file.path))}
bytes=${Buffer.byteLength(file.content)}
mode=${quote(file.mode)}
owner=${quote(`${owner ?? ''}${group === undefined ? '' : `:${group}`}`)}
is_directory=${WRITE_STATUS.isDirectory} failed=${WRITE_STATUS.failed}
${temporaryFile}${writeFile}begin_file
printf '%s' ${quote(file.content)} | cat >"$temp" || fail 'cannot write'
${test}end_file
)`;
}
