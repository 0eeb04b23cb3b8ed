import { readFileSync } from 'node:fs';
import { blocksOf } from './blocks.js';
import { changed } from './change.js';
import { ACTS, actsOf, COMMANDS, isCommand } from './commands.js';
import { isRun, NOT_RUN, stale } from './not-run.js';
import { PAGES } from './pages.js';
import { ALL } from './scenes/index.js';
import { actsIn, scenesOf } from './scenes/scene.js';
import { shapeProblem } from './shape.js';
import { isSynopsis, mentionsIn, synopsesIn, unknownIn } from './synopses.js';

const where = ({ page, line, text }: (typeof COMMANDS)[number]): string => `${page}:${line}: ${text}`;

describe('every command of the pages', () => {
  it('is run in one scene, or is listed with the reason why not', () => {
    expect(COMMANDS.length).toBeGreaterThan(60);
    const places = COMMANDS.filter(isRun).map((act) => `${where(act)}: ${scenesOf(ALL, act).length}`);
    expect(places.filter((place) => !place.endsWith(': 1'))).toEqual([]);
  });

  it('is not also listed as one that is not run', () => {
    expect(stale()).toEqual([]);
    expect(NOT_RUN.filter(({ why }) => why.length < 20)).toEqual([]);
  });

  it('leaves no scene without one', () => {
    expect(ALL.filter((scene) => !actsIn(scene, ALL).some(isCommand)).map(({ of }) => of)).toEqual([]);
  });

  it('has a scene for each file that a page has its reader write', () => {
    const places = ACTS.filter((act) => !isCommand(act)).filter((act) => scenesOf(ALL, act).length !== 1);
    expect(places).toEqual([]);
  });

  it('stands in a console block', () => {
    const typed = PAGES.flatMap((page) => {
      const found = synopsesIn(page);
      return found.some(({ text }) => isSynopsis(text)) ? [] : found;
    });
    expect(typed).toEqual([]);
  });
});

it('docs/provision.md shows what the wizard shows on a terminal', () => {
  const [{ output = [] } = {}] = COMMANDS.filter(({ page }) => page === 'docs/provision.md');
  const screen = readFileSync('docs/screens/provision-mesh-80.txt', 'utf8').split('\n').slice(1);
  expect(output.length).toBeGreaterThan(80);
  expect(shapeProblem(output, screen)).toBeUndefined();
});

describe('every mention of bridgehead in the pages', () => {
  it('names a command, and options that it has', () => {
    const mentions = PAGES.flatMap(mentionsIn);
    expect(mentions.length).toBeGreaterThan(100);
    expect(mentions.flatMap(unknownIn)).toEqual([]);
  });

  it.each([
    ['bridgehead applly', ['here: no command applly']],
    ['bridgehead apply --phases tunnel', ['here: no option --phases']],
    ['bridgehead client add|shov NAME', ['here: no command add|shov']],
    ['bridgehead undo --to RUN | --al [--only NODE]', ['here: no option --al']],
    ['bridgehead client add|rekey NAME --qr', []],
    ['bridgehead lab run -i FILE -- ls --color', []],
    ['bridgehead init    write with --care', []],
  ])('%s', (text, problems) => {
    expect(unknownIn({ where: 'here', text })).toEqual(problems);
  });
});

describe('a page', () => {
  const page = `# One

1. In a list:

   \`\`\`console
   $ bridgehead plan   # exits with 3
   a line
   $ ls
   \`\`\`

## Two

    indented

\`\`\`yaml inventory.yaml
name: a
\`\`\`
`;

  it('is read block by block', () => {
    const blocks = blocksOf('a.md', page);
    expect(blocks.map(({ heading, line, language }) => [heading, line, language])).toEqual([
      ['One', 6, 'console'],
      ['Two', 13, undefined],
      ['Two', 16, 'yaml'],
    ]);
    const at = { page: 'a.md', heading: 'One' };
    expect(blocks.flatMap(actsOf)).toEqual([
      { ...at, line: 6, text: 'bridgehead plan', exit: 3, output: ['a line'] },
      { ...at, line: 8, text: 'ls', exit: 0, output: [] },
      { page: 'a.md', heading: 'Two', line: 16, file: 'inventory.yaml', isChange: false, lines: ['name: a'] },
    ]);
  });

  it('shows a change of a file', () => {
    expect(changed('a:\n  b: 1\nc: 2\n', [' a:', '-  b: 1', '+  b: 3', '@@', ' c: 2', '+d: 4'])).toBe(
      'a:\n  b: 3\nc: 2\nd: 4\n',
    );
    expect(() => changed('a: 1\n', [' b: 1', '+c: 1'])).toThrow('not in the file exactly once');
  });
});

describe('the output that a page shows', () => {
  const real = [
    'read  4 of 4 nodes   1.2 s',
    '',
    'run 20261121-101500-3fa9c1',
    'to 10.8.0.3:51820',
    'GO in 12.5 s',
  ];
  it.each([
    [['read 3 of 3 nodes 200 ms', 'run 20260101-000000-abcdef', 'to 10.8.0.3:51820', 'GO in 1 ms']],
    [['...', 'to 10.8.0.3:51820', '[the rest]']],
    [['read 4 ... nodes 1 s', '...', 'GO in 3 s']],
  ])('is as it was but for numbers, times and keys: %j', (page) => {
    expect(shapeProblem(page, real)).toBeUndefined();
  });

  it.each([
    [['to 10.8.0.4:51820']],
    [['...', 'to 10.8.0.4:51820', '...']],
    [['...', 'GO in 1 s', '...', 'to 10.8.0.3:51820', '...']],
    [['read 4 of 4 nodes 1 s', 'GO in 1 s']],
    [['read 4 of 4 nodes 1 s']],
  ])('is not as it was: %j', (page) => {
    expect(shapeProblem(page, real)).toContain('the page');
  });
});
