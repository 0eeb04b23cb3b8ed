import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What CONTRIBUTING.md says not to write, in text, comments and names. */
const UNWANTED = new RegExp(
  [
    /\b(un|fore)?told\b|\btell(s|er|ing)?\b|\btell(?=[A-Z_])|Told\b/,
    /\b(puts?|putting|takes?|taken|taking|rolls?|rolled|rolling)[ _-]back\b|\bput_back|WAY_BACK/,
    /\blays? claim\b|\bof its own accord\b|\bhand(s|ed|ing)? (it |them )?over\b|handover/,
    /\b(undefined|missing|absent|(throws|rejects with) \w+) where\b/,
    /(?<!\bthere )\bis no (?!longer|more|less|different|use|need)/,
    /\bthe whole\b/,
    /\bstand(s|ing)? (in(?! for)|on|at|below|beside|before|after|there|where|against|behind)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

const textsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => /\.(ts|js|cjs|sh|pl|md)$/.test(file));

const withoutWords = (text: string): string => text.split('\n## Words\n')[0] ?? '';

const unwantedIn = (file: string, text: string): string[] =>
  text.split('\n').flatMap((line, index) => {
    const found = UNWANTED.exec(line);
    return found ? [`${file}:${index + 1}: ${found[0]}`] : [];
  });

describe('the words', () => {
  it('are those that CONTRIBUTING.md names, in sources, programs and documentation', () => {
    const folders = ['src', 'docs', 'action', 'docker', 'scripts', 'bin'];
    const single = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'Dockerfile', 'action.yml'];
    const files = [...folders.flatMap(textsIn), ...single];
    expect(folders.filter((folder) => textsIn(folder).length === 0)).toEqual([]);
    expect(files.flatMap((file) => unwantedIn(file, withoutWords(readFileSync(file, 'utf8'))))).toEqual([]);
  });

  it.each([
    ['the node is told', 1],
    ['function tellGate() {}', 1],
    ['const isTold = true;', 1],
    ['undone "file put back: $1"', 1],
    ['it rolled back', 1],
    ['`--rollback-phase` reverts it', 0],
    ['it lost the answer on the way back', 0],
    ['satellite', 0],
    ['what is handed over to it', 1],
    ['function prepareHandover() {}', 1],
    ['hands over 3', 1],
    ['Throws E_USAGE where there is none.', 1],
    ['undefined where it is new', 1],
    ['Throws E_USAGE if there is none; says where.', 0],
    ['that is no error', 1],
    ['it is no longer there, and there is no other', 0],
    ['the whole run', 1],
    ['a whole number', 0],
    ['what stands in the file', 1],
    ['it stands in for the real one; `~` stands for the home', 0],
  ])('%s', (line, hits) => {
    expect(unwantedIn('a', line)).toHaveLength(hits);
  });
});
