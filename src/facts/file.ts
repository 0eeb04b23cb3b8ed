import { BridgeheadError } from '../core/errors.js';
import { sha256 } from '../core/sha256.js';
import type { Question } from '../remote/question.js';
import { quote } from '../remote/quote.js';

/** Bytes up to which a file's content is read back; of a larger one only the checksum is. */
export const PROBE_CONTENT_BYTES = 256 * 1024;

export type SeenFile =
  | { readonly type: 'absent' }
  | {
      readonly type: 'file' | 'directory' | 'symlink' | 'other';
      /** Permission bits, set-id bits included. */
      readonly mode: number;
      readonly uid: number;
      readonly owner: string;
      readonly gid: number;
      readonly group: string;
      /** Bytes. */
      readonly size: number;
      readonly content?: string;
      /** Hexadecimal SHA-256, if the content itself is not read back. */
      readonly sha256?: string;
    };

export interface FileOptions {
  /** Reads back only the checksum. */
  readonly secret?: boolean;
}

/**
 * POSIX sh that prints a file's type, mode, owner, size and content: one `stat` and one reader, nothing if it is absent.
 * Symbolic links are not followed. The content runs up to the last line.
 */
function readFile(path: string, { secret = false }: FileOptions = {}): string {
  const limit = secret ? -1 : PROBE_CONTENT_BYTES;
  return `(
path=${quote(path)}
if [ ! -e "$path" ] && [ ! -L "$path" ]; then echo absent; exit 0; fi
status=$(stat -c '%f %u %U %g %G %s' "$path") || exit 1
echo "present $status"
case $status in
8???' '*)
if [ "\${status##* }" -le ${limit} ]; then
echo content && head -c ${PROBE_CONTENT_BYTES} "$path" && printf '\\n.\\n'
else
sum=$(sha256sum <"$path") && echo "sha256 \${sum%% *}"
fi ;;
esac
)`;
}

const TYPES: Readonly<Record<number, 'file' | 'directory' | 'symlink'>> = {
  8: 'file',
  4: 'directory',
  10: 'symlink',
};

const HEADER = /^present ([0-9a-f]{1,8}) (\d+) (\S+) (\d+) (\S+) (\d+)$/;

function garbled(text: string): BridgeheadError {
  return new BridgeheadError('E_REMOTE_GARBLED', 'no answer about the file', {
    evidence: text.slice(0, 300),
    fix: 'check that stat, head and sha256sum work on the node',
  });
}

function parseBody(text: string): { content?: string; sha256?: string } {
  if (text.startsWith('content\n')) {
    const end = text.lastIndexOf('\n.');
    if (end < 'content'.length) throw garbled(text);
    return { content: text.slice('content\n'.length, Math.max(end, 'content\n'.length)) };
  }
  const sum = /^sha256 ([0-9a-f]{64})\s*$/.exec(text)?.[1];
  if (sum === undefined) throw garbled(text);
  return { sha256: sum };
}

/** The text of what is there, empty if it can't be shown; undefined if nothing is there. */
export function textThere(seen: SeenFile): string | undefined {
  if (seen.type === 'absent') return undefined;
  return seen.type === 'file' ? (seen.content ?? '') : '';
}

/** Throws E_REMOTE_GARBLED if the node answered something else. */
export function parseFile(stdout: string): SeenFile {
  const cut = stdout.indexOf('\n');
  const header = (cut < 0 ? stdout : stdout.slice(0, cut)).trimEnd();
  if (header === 'absent') return { type: 'absent' };
  const [, hex, uid, owner, gid, group, size] = HEADER.exec(header) ?? [];
  if (hex === undefined || owner === undefined || group === undefined) throw garbled(stdout);
  const raw = Number.parseInt(hex, 16);
  const type = TYPES[raw >> 12] ?? 'other';
  return {
    type,
    mode: raw & 0o7777,
    uid: Number(uid),
    owner,
    gid: Number(gid),
    group,
    size: Number(size),
    ...(type === 'file' ? parseBody(stdout.slice(cut + 1)) : {}),
  };
}

/** The state of a file, which may be absent. If several things are asked, it must be the last. */
export function fileFact(path: string, options: FileOptions = {}): Question<SeenFile> {
  return { script: readFile(path, options), parse: ({ stdout }) => parseFile(stdout) };
}

/** Whether a probed file holds exactly this text. */
export function holds(seen: SeenFile, content: string): boolean {
  if (seen.type !== 'file') return false;
  if (seen.content !== undefined) return seen.content === content;
  return seen.sha256 === sha256(content);
}
