// Checks the sources' imports against the rules of ARCHITECTURE.md. `node scripts/architecture.js` prints what breaks them.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From the rim to the middle: a file may import from its own place and from those after it. */
export const PLACES = [
  'cli',
  'app',
  'render',
  'lab',
  'ssh',
  'runner',
  'playbook',
  'inventory',
  'layers/index',
  'layers/table',
  'layers/dns',
  'layers/edge',
  'layers/firewall',
  'layers/tailscale',
  'layers/wireguard',
  'layers/host',
  'layers',
  'packets',
  'visitor',
  'facts',
  'guard',
  'remote',
  'document',
  'model',
  'core',
];

/** Code that works for any layer, and so may not import from one. */
export const ENGINE = ['runner', 'playbook', 'inventory', 'render', 'cli'];

/** A layer imports from no other layer but `host`; the exceptions, with their reasons. */
export const NEIGHBOURS = {
  'layers/dns': {
    'layers/edge': 'it answers the names of the apps, and judges them as their gate does',
    'layers/firewall': 'whoever may ask it is a source as in the rules',
    'layers/tailscale': 'a tailnet is a place, too, from which it is asked',
  },
  'layers/edge': { 'layers/tailscale': 'edges may reach apps over a tailnet' },
  'layers/firewall': { 'layers/tailscale': 'a tailnet is a source, and a way between nodes' },
};

/** The only folders that may import a library, for libraries with such a rule. */
export const LIBRARIES = {
  listr2: ['render'],
  'node-ssh': ['ssh'],
  ssh2: ['ssh'],
  inquirer: ['app'],
  commander: ['cli'],
  ajv: ['document'],
  'ipaddr.js': ['model'],
  qrcode: ['render'],
  diff: ['core'],
  'fast-string-width': ['render'],
};

/** The only file that may call what may write less than it is given. */
const WRITER = 'core/write-fully.ts';

/** Files in one folder, not counting those in its subfolders. */
export const ROOM = 16;

const within = (file, place) => file === `${place}.ts` || file.startsWith(`${place}/`);

const LAYERS = PLACES.filter(
  (place) => place.startsWith('layers/') && !['layers/index', 'layers/table'].includes(place),
);

/** Whether these are two layers of which the first may not import from the second. */
const areStrangers = (place, target) =>
  place !== target &&
  target !== 'layers/host' &&
  [place, target].every((one) => LAYERS.includes(one)) &&
  !(target in (NEIGHBOURS[place] ?? {}));

/** The place of a file by the longest name that matches; undefined if it is in no place. */
export function placeOf(file) {
  return PLACES.filter((place) => within(file, place)).sort((a, b) => b.length - a.length)[0];
}

/**
 * What a source file imports, including lazy imports: `path` below the root with its ending, or the library's name.
 * @returns {{ library?: string, path?: string }[]}
 */
export function importsOf(file, text) {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, name]) =>
    name.startsWith('.')
      ? { path: join(dirname(file), name).replace(/\.js$/, '.ts').split(sep).join('/') }
      : { library: name },
  );
}

/** @param {ReadonlyMap<string, string>} sources Text by path below the root, `/` between folders. */
export function problemsOf(sources) {
  const problems = [];
  for (const [file, text] of sources) {
    const place = placeOf(file);
    if (place === undefined) {
      problems.push(`${file} is in no place that ARCHITECTURE.md names`);
      continue;
    }
    if (file !== WRITER && /\b(?:writeSync|writevSync)\b/.test(text)) {
      problems.push(
        `${file} writes with writeSync, which may write only a part; writeFully in ${WRITER} writes all`,
      );
    }
    for (const { library, path } of importsOf(file, text)) {
      if (path !== undefined) {
        const target = placeOf(path);
        if (target !== undefined && PLACES.indexOf(target) < PLACES.indexOf(place)) {
          problems.push(`${file} imports ${path}: ${place} is below ${target}`);
        } else if (areStrangers(place, target)) {
          problems.push(
            `${file} imports ${path}: what ${place} shares with ${target} belongs to layers/host, layers/shared or further in`,
          );
        }
        const engine = ENGINE.find((one) => within(file, one));
        const layer = LAYERS.find((one) => within(path, one));
        if (engine !== undefined && layer !== undefined) {
          problems.push(`${file} imports ${path}: ${engine}/ must name no layer`);
        }
      } else {
        const homes = Object.entries(LIBRARIES).find(
          ([name]) => library === name || library.startsWith(`${name}/`),
        )?.[1];
        if (homes !== undefined && !homes.some((home) => within(file, home))) {
          problems.push(`${file} imports ${library}, which belongs to ${homes.join(', ')}`);
        }
      }
    }
  }
  return problems.sort();
}

/** Folders with more files than a person can take in at a glance. @param {Iterable<string>} files */
export function crowdsOf(files) {
  const folders = new Map();
  for (const file of files) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
  return [...folders]
    .filter(([, count]) => count > ROOM)
    .map(([folder, count]) => `${folder}/ has ${count} files of its own; at most ${ROOM}`);
}

/**
 * Folders directly below a place that the place's row in ARCHITECTURE.md doesn't name.
 *
 * @param {Iterable<string>} files Paths below `src/`, `/` between folders.
 * @param {string} text Of ARCHITECTURE.md.
 */
export function unnamedIn(files, text) {
  const rows = text.split('\n');
  const unnamed = new Set();
  for (const file of files) {
    const place = placeOf(file);
    if (place === undefined) continue;
    const [room, ...rest] = file.slice(place.length + 1).split('/');
    const row = rows.find((line) => line.startsWith(`| \`${place}/\` `)) ?? '';
    if (rest.length > 0 && !row.includes(`\`${room}/`)) unnamed.add(`${place}/${room}`);
  }
  return [...unnamed].sort().map((folder) => `${folder}/ is not in its place's row in ARCHITECTURE.md`);
}

/** All TypeScript sources below a folder, by path below it. */
export function readSources(root) {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(files.map((file) => [file.split(sep).join('/'), readFileSync(join(root, file), 'utf8')]));
}

/** Sources of the project below a folder; generated files next to them aren't limited. */
function filesBelow(path, name) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const at = `${name}/${entry.name}`;
    if (at === 'bench/results') return [];
    return entry.isDirectory() ? filesBelow(join(path, entry.name), at) : [at];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const sources = readSources(join(root, 'src'));
  const table = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const problems = [
    ...[...problemsOf(sources), ...unnamedIn(sources.keys(), table)].map((problem) => `src/${problem}`),
    ...['src', 'test', 'bench', 'scripts'].flatMap((folder) =>
      crowdsOf(filesBelow(join(root, folder), folder)),
    ),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
