import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Architecture {
  readonly problemsOf: (sources: ReadonlyMap<string, string>) => readonly string[];
  readonly readSources: (root: string) => ReadonlyMap<string, string>;
  readonly crowdsOf: (files: readonly string[]) => readonly string[];
  readonly unnamedIn: (files: readonly string[], text: string) => readonly string[];
  readonly PLACES: readonly string[];
  readonly placeOf: (file: string) => string | undefined;
  readonly importsOf: (file: string, text: string) => readonly { readonly path?: string }[];
  readonly NEIGHBOURS: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const architecture: Architecture = await import(pathToFileURL(resolve('scripts/architecture.js')).href);
const { problemsOf, crowdsOf, unnamedIn, readSources, placeOf, importsOf, PLACES, NEIGHBOURS } = architecture;

const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('lab/'))
  .map((file) => join('test', file));

/** Paths of the project's own files that a file imports, lazily too; without their endings. */
function importedBy(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, path = '']) => join(dirname(file), path).replace(/\.js$/, ''));
}

/** Whether a file of the tests starts a program or a server, by itself or through another file of the tests. */
function startsSomething(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  if (/from '(node:)?(child_process|net|ssh2)'/.test(readFileSync(file, 'utf8'))) return true;
  return importedBy(file)
    .map((path) => `${path}.ts`)
    .some((path) => tests.includes(path) && startsSomething(path, seen));
}

describe('the architecture', () => {
  it('is what the sources keep to', () => {
    expect(problemsOf(readSources('src'))).toEqual([]);
  });

  it('is described in ARCHITECTURE.md, place by place', () => {
    const text = readFileSync('ARCHITECTURE.md', 'utf8');
    const folders = PLACES.filter((place) => !/^layers\/(index|table)$/.test(place));
    expect(folders.filter((place) => !text.includes(`\`${place}/\``))).toEqual([]);
  });

  it.each([
    ['runner/a.ts', "import { b } from '../render/b.js';", 'runner is below render'],
    ['runner/a.ts', "const b = await import('../cli/b.js');", 'runner is below cli'],
    [
      'playbook/a.ts',
      "import { wireguard } from '../layers/wireguard/index.js';",
      'playbook/ must name no layer',
    ],
    ['layers/host/a.ts', "import { b } from '../wireguard/b.js';", 'layers/host is below layers/wireguard'],
    ['layers/dns/a.ts', "import { b } from '../wireguard/b.js';", 'belongs to layers/host, layers/shared'],
    ['cli/a.ts', "import { Listr } from 'listr2';", 'imports listr2, which belongs to render'],
    ['attic/a.ts', '', 'is in no place'],
    ['app/a.ts', "import { closeSync, writeSync } from 'node:fs';", 'may write only a part'],
  ])('finds in %s that %j breaks it', (file, text, message) => {
    expect(problemsOf(new Map([[file, text]]))).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['layers/dns/a.ts', "import { b } from '../host/b.js';"],
    ['layers/dns/a.ts', "import { b } from '../shared/b.js';"],
    ['layers/table.ts', "import { dns } from './dns/index.js';"],
    ['app/a.ts', "import { b } from '../layers/dns/b.js';"],
  ])('lets %s have %j', (file, text) => {
    expect(problemsOf(new Map([[file, text]]))).toEqual([]);
  });

  it('excepts no layer that imports nothing from its neighbour', () => {
    const sources = [...readSources('src')];
    const imports = (place: string, neighbour: string) =>
      sources.some(
        ([file, text]) =>
          placeOf(file) === place &&
          importsOf(file, text).some(({ path }) => path !== undefined && placeOf(path) === neighbour),
      );
    const excepted = Object.entries(NEIGHBOURS).flatMap(([place, those]) =>
      Object.keys(those).map((neighbour) => [place, neighbour] as const),
    );
    expect(excepted.length).toBeGreaterThan(0);
    expect(excepted.filter((pair) => !imports(...pair))).toEqual([]);
  });

  it('finds a folder that its row does not name', () => {
    const row = '| `ssh/` | the transport: `login/` keys, `session/` | yes |';
    const files = ['ssh/index.ts', 'ssh/login/a.ts', 'ssh/attic/a.ts', 'ssh/attic/b.ts'];
    expect(unnamedIn(files, row)).toEqual(["ssh/attic/ is not in its place's row in ARCHITECTURE.md"]);
  });

  it('finds a folder that nobody takes in at a glance', () => {
    const crowd = (count: number) => Array.from({ length: count }, (_, index) => `core/file-${index}.sh`);
    expect(crowdsOf(crowd(16))).toEqual([]);
    expect(crowdsOf(crowd(17))).toEqual(['core/ has 17 files of its own; at most 16']);
  });

  it('has no unit test that starts another program', () => {
    const units = tests.filter((file) => /(?<!\.integration)\.test\.ts$/.test(file));
    expect(units.filter((file) => startsSomething(file))).toEqual([]);
  });
});
