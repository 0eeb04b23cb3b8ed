// Which packages of others are in the bundle.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[sc]e|unlicense|copying|notice|3rd-party-licenses)\b/i;

/**
 * The packages that esbuild took anything from, by name and version.
 * @param {string} root Of the checkout, with node_modules/ and package-lock.json.
 * @param {import('esbuild').Metafile} metafile Of a build with one output.
 * @returns {{ folder, name, version, license, authors, integrity, texts, needs }[]} The licence is an SPDX identifier; the texts
 * are those of its licence files; `needs` are the folders of the packages in the bundle that it imports.
 */
export function bundledPackages(root, metafile) {
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.keys(output.inputs);
  const folders = [...new Set(inputs.map(folderOf))].filter((folder) => folder !== undefined);
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const importedBy = (folder) =>
    inputs
      .filter((input) => folderOf(input) === folder)
      .flatMap((input) => metafile.inputs[input].imports.map(({ path }) => folderOf(path)));
  return folders
    .map((folder) => {
      const { name, version, ...about } = JSON.parse(
        readFileSync(join(root, folder, 'package.json'), 'utf8'),
      );
      const { integrity } = locked[folder];
      const texts = licenceTexts(join(root, folder));
      const needs = [...new Set(importedBy(folder))].filter(
        (other) => other !== folder && folders.includes(other),
      );
      return {
        folder,
        name,
        version,
        license: licenceOf(name, about),
        authors: [about.author ?? []].flat().map((author) => author.name ?? author),
        integrity,
        texts,
        needs,
      };
    })
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** `node_modules/a/node_modules/@b/c` for a file of that package. */
const folderOf = (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];

function licenceOf(name, { license, licenses }) {
  const found = typeof license === 'string' ? license : (license ?? licenses)?.[0]?.type;
  if (found === undefined) throw new Error(`${name} is in the bundle, and its package.json names no licence`);
  return found;
}

/** Of its own folder and of the one that its build is in, for what it has bundled itself. */
function licenceTexts(folder) {
  const places = [folder, join(folder, 'build')].filter((place) =>
    statSync(place, { throwIfNoEntry: false }),
  );
  return places.flatMap((place) =>
    readdirSync(place)
      .filter((name) => LICENCE_FILE.test(name) && statSync(join(place, name)).isFile())
      .map((name) => readFileSync(join(place, name), 'utf8').replace(/\r\n/g, '\n').trim()),
  );
}
