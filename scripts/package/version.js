// For `npm version`, before its commit: what CHANGELOG.md lists as unreleased becomes the section of the new version.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CHANGELOG = fileURLToPath(new URL('../../CHANGELOG.md', import.meta.url));
const UNRELEASED = '## Unreleased\n';

/**
 * The changelog with a section for the version, and an empty one for what comes next.
 * @param {string} date Such as `2026-11-29`.
 */
export function released(changelog, version, date) {
  const [before, after] = changelog.split(UNRELEASED);
  const [news] = (after ?? '').split(/^## /m);
  if (news.trim() === '')
    throw new Error('CHANGELOG.md lists nothing under "Unreleased"; write what is new there');
  return `${before}${UNRELEASED}\n## ${version} (${date})\n${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const changelog = readFileSync(CHANGELOG, 'utf8');
  const today = new Date().toISOString().slice(0, 10);
  try {
    writeFileSync(CHANGELOG, released(changelog, process.env.npm_package_version, today));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
