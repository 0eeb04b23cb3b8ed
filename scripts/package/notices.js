// The licences of what the bundle contains of others.

const RULE = '-'.repeat(80);

/** A text for people: each package with its licence. */
export function noticesOf(packages) {
  const each = [...new Map(packages.map((one) => [`${one.name} ${one.version}`, one]))];
  const head = `The program of this package, dist/cli/bridgehead.cjs, contains code of these packages:

${each.map(([title, { license }]) => `  ${title} (${license})`).join('\n')}
`;
  return [head, ...each.map(([title, one]) => `${RULE}\n${title}\n\n${textOf(one)}\n`)].join('\n');
}

function textOf({ license, authors, texts }) {
  if (texts.length > 0) return texts.join('\n\n');
  const by = authors.length > 0 ? `By ${authors.join(', ')}. ` : '';
  return `${by}The package has no text of its licence, which it names as ${license}.`;
}
