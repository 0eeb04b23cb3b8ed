import type { Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { all, fromLines, integer, only } from '../../../remote/reply-lines.js';
import { placesOf } from './places.js';
import readProgram from './read-program.sh';

/** What a node has of one version of a program. */
export interface SeenProgram {
  /** As publishers call the processor, or the kernel's name for it if they have none. */
  readonly architecture: string;
  readonly link: 'none' | 'ours' | 'other';
  /** What is in the link's place. */
  readonly other?: string;
  /** The version in use. */
  readonly current?: string;
  /** Whether any version is there. */
  readonly any: boolean;
  /** Whether the folder of the version is there. */
  readonly folder: boolean;
  readonly file?: { readonly sha256: string; readonly mode: string; readonly uid: number };
  /** What was noted when it was installed. */
  readonly record?: { readonly pin: string; readonly sha256: string };
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv8l: 'arm64',
  armv7l: 'armv7',
  armv6l: 'armv6',
  i686: '386',
  i586: '386',
};

/** sh variables that name the program's places. */
export function variables(name: string, version: string): string {
  const { folder, link, target } = placesOf(name);
  return `name=${quote(name)} version=${quote(version)} folder=${quote(folder)} link=${quote(link)} target=${quote(target)}\n`;
}

export function programFact(name: string, version: string): Question<SeenProgram> {
  return {
    script: variables(name, version) + readProgram,
    parse: fromLines((lines) => {
      const machine = only(lines, 'machine')[0] ?? '';
      const [link = '', ...other] = only(lines, 'link');
      const [file] = all(lines, 'file');
      const [record] = all(lines, 'record');
      const current = all(lines, 'current')[0]?.[0];
      return {
        architecture: ARCHITECTURES[machine] ?? machine,
        link: link === 'ours' || link === 'none' ? link : 'other',
        ...(other.length > 0 && { other: other.join(' ') }),
        ...(current !== undefined && { current }),
        any: all(lines, 'any').length > 0,
        folder: all(lines, 'folder').length > 0,
        ...(file && { file: { sha256: file[0] ?? '', mode: file[1] ?? '', uid: integer(file[2]) } }),
        ...(record && { record: { pin: record[0] ?? '', sha256: record[1] ?? '' } }),
      };
    }),
  };
}
