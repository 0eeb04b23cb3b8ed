// For `npm publish`, before anything is packed: what RELEASING.md asks for and a program can check.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What keeps this from being published, a line each.
 * @param {{ manifest: object, changelog: string, changed: string, tags: string }} release The manifest is package.json; `changed` is
 * what `git status --porcelain` prints, `tags` the tags of the commit, a line each.
 */
export function obstacles({ manifest, changelog, changed, tags }) {
  const { version } = manifest;
  const missing = ['repository', 'bugs', 'homepage'].filter((key) => manifest[key] === undefined);
  const checks = [
    [
      missing.length > 0,
      `package.json has no ${missing.join(', ')}; provenance is checked against repository`,
    ],
    [
      !changelog.includes(`\n## ${version} (`),
      `CHANGELOG.md has no section for ${version}; run: npm version`,
    ],
    [changed !== '', `there are changes that are not committed:\n${changed.trimEnd()}`],
    [
      !tags.split('\n').includes(`v${version}`),
      `this commit does not have the tag v${version}; run: npm version`,
    ],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, message]) => message);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const git = (...words) => {
    const { status, stdout, stderr, error } = spawnSync('git', words, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${words.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
    return stdout;
  };
  const found = obstacles({
    manifest: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
    changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    changed: git('status', '--porcelain'),
    tags: git('tag', '--points-at', 'HEAD'),
  });
  for (const obstacle of found) console.error(`not published: ${obstacle}`);
  if (found.length > 0) process.exitCode = 1;
}
