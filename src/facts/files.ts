import type { Question } from '../remote/question.js';
import { quote } from '../remote/quote.js';
import files from './files.sh';

export interface ListedFile {
  /** `644 root:root` */
  readonly mode: string;
  /** Seconds since the epoch. */
  readonly modified: number;
  readonly sha256: string;
  /** Absent for a secret. */
  readonly content?: string;
}

/**
 * Files by path.
 *
 * @param patterns Of sh, `*` for any part of a name.
 * @param secrets Folder of files whose content is not read back.
 */
export function filesFact(
  patterns: readonly string[],
  secrets = '-',
): Question<ReadonlyMap<string, ListedFile>> {
  const words = patterns.map((pattern) => pattern.split('*').map(quote).join('*'));
  return {
    script: `secrets=${quote(secrets)}\nset -- ${words.join(' ')}\n${files}`,
    parse: ({ stdout }) =>
      new Map(
        stdout.split('\n').flatMap((line): [string, ListedFile][] => {
          const [mode, owner, modified, sha256, path, body] = line.split(' ');
          if (sha256 === undefined || path === undefined || body === undefined) return [];
          const content = body === '-' ? undefined : Buffer.from(body, 'base64').toString('utf8');
          const seen = { mode: `${mode} ${owner}`, modified: Number(modified), sha256 };
          return [[path, { ...seen, ...(content !== undefined && { content }) }]];
        }),
      ),
  };
}
