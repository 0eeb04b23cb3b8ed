import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pack } from './installed.js';
import { PLANTED } from './planted.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-contents-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the package is made of: each file matches one of these, and each of these at least one file. */
const WANTED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|Dockerfile)$/,
  /^bin\/(bridgehead|load|node-version)\.js$/,
  /^completions\/bridgehead\.(bash|fish|zsh)$/,
  /^dist\/cli\/bridgehead\.cjs$/,
  /^dist\/man\/bridgehead\.1$/,
  /^dist\/(sbom\.cdx\.json|THIRD-PARTY\.txt)$/,
  /^docs\/([a-z-]+\/)?\w[\w-]*\.md$/,
  /^docs\/screens\/[a-z0-9-]+\.(svg|txt)$/,
  /^inventory\/[a-z-]+\.yaml$/,
  /^playbooks\/[a-z-]+\.yaml$/,
  /^schemas\/[a-z-]+\.schema\.json$/,
];

const MIB = 1 << 20;

describe('the package', () => {
  const notices = readFileSync('dist/THIRD-PARTY.txt', 'utf8');
  /** Such as `yaml 2.9.1 (ISC)`. */
  const contents = notices.slice(0, notices.indexOf('\n---')).match(/^ {2}\S+ \S+ \(.+\)$/gm) ?? [];
  const { files, size, unpackedSize } = pack(folder);
  const paths = files.map(({ path }) => path);
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

  it('has what it needs to run, and nothing else', () => {
    expect(paths.filter((path) => WANTED.filter((pattern) => pattern.test(path)).length !== 1)).toEqual([]);
    expect(WANTED.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);
  });

  it('has nothing of what people keep in their clone', () => {
    const clone = join(folder, 'clone');
    const shipped = manifest.files.filter((name: string) => /\.\w+$/.test(name) && !name.startsWith('!'));
    for (const path of [...shipped, 'docs/lab.md', ...PLANTED]) {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), '');
    }
    copyFileSync('package.json', join(clone, 'package.json'));
    const packed = pack(folder, clone).files.map(({ path }) => path);
    expect(packed).toEqual(expect.arrayContaining(['docs/lab.md', 'inventory/home-mesh.yaml']));
    expect(packed.filter((path) => PLANTED.includes(path))).toEqual([]);
  });

  it('is small', () => {
    console.info(
      `the package: ${(size / MIB).toFixed(2)} MiB, unpacked ${(unpackedSize / MIB).toFixed(2)} MiB`,
    );
    expect(size).toBeLessThan(1.75 * MIB);
    expect(unpackedSize).toBeLessThan(8 * MIB);
  });

  it('depends on nothing, and runs no script when it is installed', () => {
    const kinds = ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'];
    expect(kinds.filter((kind) => manifest[kind] !== undefined)).toEqual([]);
    // npm warns of a `prepare`, too, when it installs a tarball.
    const run = /^((pre|post)?install|(pre|post)?prepare)$/;
    expect(Object.keys(manifest.scripts).filter((name) => run.test(name))).toEqual([]);
  });

  it('requires nothing that it does not have', () => {
    const bundle = readFileSync('dist/cli/bridgehead.cjs', 'utf8');
    // Not in the texts that ajv compiles ahead with.
    const required = [...bundle.matchAll(/(?<!['`])\b(?:require\d*|import)\("([^"]+)"\)/g)].map(
      ([, name = '']) => name,
    );
    const own = new Set(required.filter((name) => !isBuiltin(name)));
    // ssh2's native parts, which it does without; and a line of zx for Deno.
    const optional = ['./crypto/build/Release/sshcrypto.node', './core.cjs', 'cpu-features'];
    expect([...own].sort()).toEqual(optional.sort());
  });

  it('has the licence of everything in the bundle', () => {
    const bundle = readFileSync('dist/cli/bridgehead.cjs', 'utf8');
    const bundled = bundle.matchAll(/^ *\/\/ (?:.*\/)?node_modules\/((?:@[\w-]+\/)?[\w.-]+)\//gm);
    const names = [...new Set([...bundled].map(([, name = '']) => name))];
    expect(names).toEqual(expect.arrayContaining(['ajv', 'commander', 'ssh2', 'yaml', 'zx']));
    expect(names.filter((name) => !notices.includes(`\n${name} `))).toEqual([]);
    const licences = contents.map((line) => /\((.+)\)/.exec(line)?.[1] ?? line);
    const known = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];
    expect(licences.filter((licence) => !known.includes(licence))).toEqual([]);
  });

  it('has a bill of materials of the same packages', () => {
    const { components, dependencies, ...sbom } = JSON.parse(readFileSync('dist/sbom.cdx.json', 'utf8'));
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { version: manifest.version } },
    });
    const listed = components.map(({ name, version }: Record<string, string>) => `${name} ${version}`);
    expect(listed).toEqual(contents.map((line) => line.trim().replace(/ \(.*/, '')));
    const refs = new Set(dependencies.map(({ ref }: { ref: string }) => ref));
    const all = dependencies.flatMap(({ dependsOn }: { dependsOn: string[] }) => dependsOn);
    expect(all.filter((ref: string) => !refs.has(ref))).toEqual([]);
    expect(refs.size).toBe(components.length + 1);
  });

  it('has the manual page of its version', () => {
    expect(readFileSync('dist/man/bridgehead.1', 'utf8')).toContain(`"bridgehead ${manifest.version}"`);
  });
});
