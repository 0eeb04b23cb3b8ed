import type { Inventory, Site } from '../../model/inventory.js';
import { linksOf, overlayAddresses } from './links.js';

/** Names contain no underscore, so no two names become the same. The letter keeps them from being keywords. */
const id = (kind: 'node' | 'site', name: string): string => `${kind}_${name.replaceAll('-', '_')}`;

function siteLabel({ name, subnets, publicAddresses, nat }: Site): string[] {
  const router = publicAddresses.length > 0 ? ` behind ${publicAddresses.join(', ')}` : '';
  return [`${name}  ${subnets.join(', ')}`, nat ? `NAT${router}` : 'routed, no NAT'];
}

function nodeLabel(inventory: Inventory, name: string): string[] {
  const node = inventory.nodes.find((one) => one.name === name);
  const own = [...(node?.publicAddresses ?? []), ...(node?.lanAddresses ?? [])];
  return [name, ...own, ...overlayAddresses(inventory, name)];
}

const clientNames = ({ networks }: Inventory): string[] =>
  networks.flatMap(({ clients }) => clients.map(({ name }) => name));

const linkLabel = (network: string, forwards: readonly string[]): string[] => [
  network,
  ...forwards.map((place) => `via ${place}`),
];

/** A Mermaid flowchart: sites around their nodes, an arrow from the side that connects. */
export function mermaidText(inventory: Inventory): string {
  const text = (lines: readonly string[]): string => `"${lines.join('<br>')}"`;
  const node = (name: string): string => `${id('node', name)}[${text(nodeLabel(inventory, name))}]`;
  const lines = ['flowchart LR'];
  for (const site of inventory.sites) {
    const inside = inventory.nodes.filter((one) => one.site === site.name);
    if (inside.length === 0) continue;
    lines.push(`  subgraph ${id('site', site.name)}[${text(siteLabel(site))}]`);
    lines.push(...inside.map(({ name }) => `    ${node(name)}`), '  end');
  }
  lines.push(
    ...inventory.nodes.filter(({ site }) => site === undefined).map(({ name }) => `  ${node(name)}`),
  );
  lines.push(
    ...clientNames(inventory).map((name) => `  ${id('node', name)}([${text(nodeLabel(inventory, name))}])`),
  );
  for (const { network, from, to, both, forwards } of linksOf(inventory)) {
    const arrow = both ? '<-->' : '-->';
    lines.push(`  ${id('node', from)} ${arrow}|${text(linkLabel(network, forwards))}| ${id('node', to)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A Graphviz graph, for `dot`: sites around their nodes, an arrow from the side that connects. */
export function graphvizText(inventory: Inventory): string {
  const text = (lines: readonly string[]): string => `"${lines.join('\\n')}"`;
  const node = (name: string, shape = 'box'): string =>
    `${id('node', name)} [label=${text(nodeLabel(inventory, name))}, shape=${shape}];`;
  const lines = [`digraph ${JSON.stringify(inventory.name)} {`, '  rankdir=LR;', '  fontname="sans-serif";'];
  lines.push('  node [fontname="sans-serif"];', '  edge [fontname="sans-serif", fontsize=10];');
  for (const site of inventory.sites) {
    const inside = inventory.nodes.filter((one) => one.site === site.name);
    if (inside.length === 0) continue;
    lines.push(`  subgraph cluster_${id('site', site.name)} {`, `    label=${text(siteLabel(site))};`);
    lines.push(...inside.map(({ name }) => `    ${node(name)}`), '  }');
  }
  lines.push(
    ...inventory.nodes.filter(({ site }) => site === undefined).map(({ name }) => `  ${node(name)}`),
  );
  lines.push(...clientNames(inventory).map((name) => `  ${node(name, 'ellipse')}`));
  for (const { network, from, to, both, forwards } of linksOf(inventory)) {
    const direction = both ? ', dir=both' : '';
    const label = text(linkLabel(network, forwards));
    lines.push(`  ${id('node', from)} -> ${id('node', to)} [label=${label}${direction}];`);
  }
  return `${lines.join('\n')}\n}\n`;
}
