import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** From the rim to the middle: a module may import its own folder and those that stand after it. */
const LAYERS = [
  'cli',
  'render',
  'lab',
  'ssh',
  'runner',
  'playbook',
  'gates',
  'steps',
  'clients',
  'inventory',
  'network',
  'document',
  'guard',
  'remote',
  '.',
];
/** Seams between the layers: plain types, which whoever hands the thing in may know. */
const TYPES_ONLY = new Set(['inventory/types']);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

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

const layerOf = (file: string): string => (file.includes(sep) ? (file.split(sep)[0] ?? '.') : '.');

const importsOf = (file: string): string[] =>
  importedBy(join('src', file)).map((path) => relative('src', path));

describe('the architecture', () => {
  it('has no folder that the layers don’t name', () => {
    expect([...new Set(files.map(layerOf))].sort()).toEqual([...LAYERS].sort());
  });

  it('imports downward only', () => {
    const upward = files.flatMap((file) =>
      importsOf(file)
        .filter(
          (target) =>
            LAYERS.indexOf(layerOf(target)) < LAYERS.indexOf(layerOf(file)) && !TYPES_ONLY.has(target),
        )
        .map((target) => `${file} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('has no unit test that starts another program', () => {
    const units = tests.filter((file) => /(?<!\.integration)\.test\.ts$/.test(file));
    expect(units.filter((file) => startsSomething(file))).toEqual([]);
  });

  it('keeps each library in its own folder', () => {
    const homes: Record<string, readonly string[]> = {
      listr2: ['render'],
      'node-ssh': ['ssh'],
      ssh2: ['ssh'],
      '@inquirer/prompts': ['cli'],
      commander: ['cli'],
      ajv: ['document'],
      'ipaddr.js': ['network', 'lab'],
      qrcode: ['render'],
    };
    const strays = files.flatMap((file) => {
      const text = readFileSync(join('src', file), 'utf8');
      return Object.entries(homes)
        .filter(
          ([library, homesOf]) =>
            new RegExp(`(from|import\\()\\s*'${library}[/']`).test(text) && !homesOf.includes(layerOf(file)),
        )
        .map(([library]) => `${file} imports ${library}`);
    });
    expect(strays).toEqual([]);
  });
});
