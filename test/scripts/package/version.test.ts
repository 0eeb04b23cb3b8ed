import { pathToFileURL } from 'node:url';

const { released }: { readonly released: (changelog: string, version: string, date: string) => string } =
  await import(pathToFileURL('scripts/package/version.js').href);

describe('npm version', () => {
  it('gives what is unreleased the heading of the version', () => {
    const before = '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-10-01)\n\n- Old.\n';
    expect(released(before, '0.2.0', '2026-11-29')).toBe(
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-29)\n\n- New.\n\n## 0.1.0 (2026-10-01)\n\n- Old.\n',
    );
  });

  it.each([
    ['nothing under it', '# Changelog\n\n## Unreleased\n\n## 0.1.0 (2026-10-01)\n\n- Old.\n'],
    ['no such heading', '# Changelog\n\n## 0.1.0 (2026-10-01)\n\n- Old.\n'],
  ])('is refused if there is %s', (_what, changelog) => {
    expect(() => released(changelog, '0.2.0', '2026-11-29')).toThrow(
      'CHANGELOG.md lists nothing under "Unreleased"; write what is new there',
    );
  });
});
