import { pathToFileURL } from 'node:url';

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly authors: readonly string[];
  readonly integrity: string;
  readonly texts: readonly string[];
  readonly needs: readonly string[];
}
const script = (name: string) => import(pathToFileURL(`scripts/package/${name}.js`).href);
const { noticesOf }: { readonly noticesOf: (packages: readonly Package[]) => string } =
  await script('notices');
const { sbomOf }: { readonly sbomOf: (own: object, packages: readonly Package[]) => string } =
  await script('sbom');

const a: Package = {
  folder: 'node_modules/@x/a',
  name: '@x/a',
  version: '1.0.0',
  license: 'MIT',
  authors: [],
  integrity: 'sha512-AQID',
  texts: ['MIT License', 'and another'],
  needs: ['node_modules/b'],
};
const b: Package = { ...a, folder: 'node_modules/b', name: 'b', authors: ['Ann'], texts: [], needs: [] };
/** The same package in another folder. */
const again: Package = { ...a, folder: 'node_modules/b/node_modules/@x/a', needs: [] };

it('the notices have each package once, with its licences or its authors', () => {
  const text = noticesOf([a, again, b]);
  expect(text).toContain('\n  @x/a 1.0.0 (MIT)\n  b 1.0.0 (MIT)\n\n---');
  expect(text).toContain('---\n@x/a 1.0.0\n\nMIT License\n\nand another\n\n---');
  expect(text).toMatch(
    /-\nb 1\.0\.0\n\nBy Ann\. The package has no text of its licence, which it names as MIT\.\n$/,
  );
});

it('the bill of materials has each package once, with its digest in hexadecimal and what it needs', () => {
  const sbom = JSON.parse(sbomOf({ name: 'bridgehead', version: '0.2.0', license: 'MIT' }, [a, again, b]));
  expect(sbom.components).toEqual([
    {
      type: 'library',
      'bom-ref': 'pkg:npm/%40x/a@1.0.0',
      name: '@x/a',
      version: '1.0.0',
      purl: 'pkg:npm/%40x/a@1.0.0',
      licenses: [{ license: { id: 'MIT' } }],
      hashes: [{ alg: 'SHA-512', content: '010203' }],
    },
    expect.objectContaining({ name: 'b' }),
  ]);
  expect(sbom.dependencies).toEqual([
    { ref: 'pkg:npm/bridgehead@0.2.0', dependsOn: ['pkg:npm/%40x/a@1.0.0', 'pkg:npm/b@1.0.0'] },
    { ref: 'pkg:npm/%40x/a@1.0.0', dependsOn: ['pkg:npm/b@1.0.0'] },
    { ref: 'pkg:npm/b@1.0.0', dependsOn: [] },
  ]);
});
