// A software bill of materials of the bundle: the package itself depends on nothing, and so `npm sbom --omit dev` lists nothing.

const purl = ({ name, version }) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;

/** CycloneDX 1.6 in JSON. The same bundle gives the same text: it has no time and no serial number. */
export function sbomOf(own, packages) {
  const refs = new Map(packages.map((each) => [each.folder, purl(each)]));
  // Two copies of the same version are one component.
  const components = new Map(packages.map((each) => [purl(each), componentOf(each)]));
  const dependencies = new Map([[purl(own), [...components.keys()]]]);
  for (const each of packages) {
    const needs = [...(dependencies.get(purl(each)) ?? []), ...each.needs.map((folder) => refs.get(folder))];
    dependencies.set(purl(each), [...new Set(needs)].sort());
  }
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', ...identityOf(own) } },
    components: [...components.values()],
    dependencies: [...dependencies].map(([ref, dependsOn]) => ({ ref, dependsOn })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function identityOf({ name, version, license }) {
  const reference = purl({ name, version });
  return { 'bom-ref': reference, name, version, purl: reference, licenses: [{ license: { id: license } }] };
}

function componentOf({ integrity, ...own }) {
  const [algorithm, digest] = integrity.split('-');
  const content = Buffer.from(digest, 'base64').toString('hex');
  return {
    type: 'library',
    ...identityOf(own),
    hashes: [{ alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content }],
  };
}
