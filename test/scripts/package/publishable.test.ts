import { pathToFileURL } from 'node:url';

interface Release {
  readonly manifest: object;
  readonly changelog: string;
  readonly changed: string;
  readonly tags: string;
}
const { obstacles }: { readonly obstacles: (release: Release) => string[] } = await import(
  pathToFileURL('scripts/package/publishable.js').href
);

const GOOD: Release = {
  manifest: { version: '0.2.0', repository: 'a', bugs: 'b', homepage: 'c' },
  changelog: '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-29)\n\n- New.\n',
  changed: '',
  tags: 'latest\nv0.2.0\n',
};

describe('npm publish', () => {
  it('finds nothing in the way of a tagged release', () => {
    expect(obstacles(GOOD)).toEqual([]);
  });

  it.each<[what: string, difference: Partial<Release>, message: string]>([
    [
      'an address',
      { manifest: { version: '0.2.0', homepage: 'c' } },
      'package.json has no repository, bugs; provenance is checked against repository',
    ],
    [
      'a section',
      { changelog: '# Changelog\n\n## Unreleased\n\n- New.\n' },
      'CHANGELOG.md has no section for 0.2.0; run: npm version',
    ],
    ['a commit', { changed: ' M README.md\n' }, 'there are changes that are not committed:\n M README.md'],
    ['a tag', { tags: 'v0.2.0-rc.1\n' }, 'this commit does not have the tag v0.2.0; run: npm version'],
  ])('is refused without %s', (_what, difference, message) => {
    expect(obstacles({ ...GOOD, ...difference })).toEqual([message]);
  });
});
