import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PLANTED } from '../package/planted.js';

const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: readonly string[] };
const context = readFileSync('.dockerignore', 'utf8').trim().split('\n');
const dockerfile = readFileSync('Dockerfile', 'utf8');
const tracked = (...folders: string[]) =>
  execFileSync('git', ['ls-files', '-z', ...folders], { encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '');

/** As Docker reads .dockerignore: the last line decides that matches the path or a folder that it is in. */
function isSent(path: string): boolean {
  const decides = context.findLast((line) => {
    const pattern = line
      .replace(/^!/, '')
      .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
    return new RegExp(`^${pattern}(?:/|$)`).test(path);
  });
  return decides === undefined || decides.startsWith('!');
}

it('the image is built from everything that the package has', () => {
  const names = files.filter((name) => !name.startsWith('dist') && !name.startsWith('!'));
  const sources = tracked(
    ...names,
    'src',
    'scripts',
    'docker',
    'package.json',
    'package-lock.json',
    'README.md',
  );
  expect(sources.length).toBeGreaterThan(500);
  expect(sources.filter((path) => !isSent(path))).toEqual([]);
});

it('the image and the package have every example, by name', () => {
  const examples = tracked('inventory', 'playbooks');
  expect(files.filter((name) => /^(inventory|playbooks)\b/.test(name)).sort()).toEqual(examples.sort());
});

it.each(PLANTED)('Docker never gets %s', (path) => {
  expect(isSent(path)).toBe(false);
});

it('the base images are arguments, pinned by tag and digest, except that of the staging machines', () => {
  const bases = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(.*)$/gm)];
  const pinned = bases.filter(([, name]) => name !== 'MACHINE_IMAGE');
  expect(pinned.length).toBeGreaterThan(1);
  for (const [, , image] of pinned) expect(image).toMatch(/^[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  const from = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(from.filter((image) => image?.includes(':'))).toEqual([]);
});
