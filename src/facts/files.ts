import type { Question } from '../remote/question.js';
import { quote } from '../remote/quote.js';
import { reading, sh } from '../remote/script.js';
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
  const command = `secrets=${quote(secrets)}\nset -- ${words.join(' ')}\n${files}`;
  return { script: sh`printf '%s\n' "${reading(command)}"`, parse: ({ stdout }) => parseFiles(stdout) };
}

function parseFiles(stdout: string): ReadonlyMap<string, ListedFile> {
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const of = (word: string) => lines.flatMap(([first, ...rest]) => (first === word ? [rest] : []));
  const sums = new Map(of('sum').map(([sha256 = '', ...path]) => [path.join(' '), sha256]));
  const bodies = new Map(of('text').map((words) => [words.slice(0, -1).join(' '), words.at(-1) ?? '']));
  return new Map(
    of('mode').flatMap(([mode, owner, modified, ...words]): [string, ListedFile][] => {
      const path = words.join(' ');
      const sha256 = sums.get(path);
      const body = bodies.get(path);
      if (sha256 === undefined) return [];
      const seen = { mode: `${mode} ${owner}`, modified: Number(modified), sha256 };
      return [[path, { ...seen, ...(body && { content: Buffer.from(body, 'base64').toString('utf8') }) }]];
    }),
  );
}
