import path from 'node:path';
import { quote } from '../../remote/quote.js';
import { TEMPORARY_FILE } from './temporary-file.js';

export interface FileToWrite {
  /** Absolute and normalised. */
  readonly path: string;
  readonly content: string;
  /** Octal digits, such as `0644`. */
  readonly mode: string;
  readonly owner?: string;
  readonly group?: string;
}

/** Exit statuses of the built script; everything else is a tool's own. */
export const WRITE_STATUS = { isDirectory: 73, failed: 74 } as const;

function ownership({ owner, group }: FileToWrite): string {
  if (owner === undefined && group === undefined) return '';
  const who = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
  return `chown ${quote(who)} "$temp" || fail 'cannot set the owner of'\n`;
}

/**
 * POSIX sh that puts a file in place whole or not at all: made beside the target under umask 077, synced, renamed.
 *
 * It is one subshell which fails by its own status, also where `set -e` is off. The content stands in no process's
 * arguments. A symbolic link at the target is replaced, never followed; a directory is refused.
 */
export function writeFileScript(file: FileToWrite): string {
  const folder = path.posix.dirname(file.path);
  const bytes = Buffer.byteLength(file.content);
  // `cat` writes rather than the shell, because dash doesn't say why a write failed.
  return `(
umask 077
target=${quote(file.path)}
folder=${quote(folder)}
${TEMPORARY_FILE}
fail() { echo "$1 $target" >&2; exit ${WRITE_STATUS.failed}; }
if [ -d "$target" ]; then echo "$target is a directory" >&2; exit ${WRITE_STATUS.isDirectory}; fi
[ -d "$folder" ] || ( umask 022; mkdir -p "$folder" ) || fail 'cannot make the folder of'
temp=$(temporary "$folder") || fail 'cannot make a temporary file beside'
trap 'rm -f "$temp"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
printf '%s' ${quote(file.content)} | cat >"$temp" || fail 'cannot write'
[ "$(stat -c %s "$temp")" = ${bytes} ] || fail 'not all was written of'
${ownership(file)}chmod ${quote(file.mode)} "$temp" || fail 'cannot set the mode of'
sync "$temp" || fail 'cannot sync'
mv -f "$temp" "$target" || fail 'cannot rename onto'
trap - EXIT
sync "$folder" || fail 'cannot sync the folder of'
)`;
}
