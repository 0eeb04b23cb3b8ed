import type { Problem } from '../../core/errors.js';
import { count } from '../../core/text.js';
import type { Description } from '../../layers/layer.js';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';
import type { Paint } from '../colour.js';
import { drawNetwork } from '../network/draw.js';
import { indent, table } from '../table.js';

/** A valid inventory and playbook, and what the layers show of them. */
export interface ValidationView {
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  /** What works but will probably cause trouble. */
  readonly warnings: readonly Problem[];
  /** What each layer shows. */
  readonly descriptions: readonly Description[];
}

/** A short aligned summary: nodes, sites, and what each layer shows. */
export function validationText(view: ValidationView, paint: Paint): string {
  const { inventory, playbook, descriptions } = view;
  const phases = playbook.phases.map((phase) => phase.name).join(', ');
  return [
    section(`nodes`, nodeRows(inventory), paint),
    section(`sites`, siteRows(inventory), paint),
    ...descriptions.flatMap(({ sections }) =>
      sections.map(({ title, head, rows }) => section(title, withHead(rows, head, paint), paint)),
    ),
    `${paint.strong('phases')}  ${phases}`,
    '',
    okLine(view, paint),
  ].join('\n');
}

/** The network as a drawing instead. */
export function drawnText(view: ValidationView, width: number, paint: Paint): string {
  const calls = view.descriptions.flatMap((one) => one.calls ?? []);
  return `${drawNetwork(view.inventory, calls, { width, paint })}\n${okLine(view, paint)}`;
}

function okLine(view: ValidationView, paint: Paint): string {
  const { inventory, playbook } = view;
  const phases = count(playbook.phases.length, 'phase');
  return `${paint.good(`OK: ${inventory.name} has ${countsText(view)}; playbook ${playbook.name} has ${phases}`)}\n`;
}

function withHead(
  rows: readonly (readonly string[])[],
  head: readonly string[] | undefined,
  paint: Paint,
): readonly (readonly string[])[] {
  return head === undefined || rows.length === 0 ? rows : [head.map(paint.faint), ...rows];
}

/** The same for programs. */
export function validationJson({ inventory, playbook, warnings, descriptions }: ValidationView): object {
  return {
    ok: true,
    warnings,
    inventory: { file: inventory.file, name: inventory.name },
    playbook: {
      file: playbook.file,
      name: playbook.name,
      phases: playbook.phases.map((phase) => phase.name),
    },
    nodes: inventory.nodes.map(({ name, role, site, publicAddresses, lanAddresses }) => ({
      name,
      role,
      site,
      publicAddresses,
      lanAddresses,
    })),
    sites: inventory.sites,
    ...Object.assign({}, ...descriptions.map(({ json }) => json)),
  };
}

/** `4 nodes, 1 site and 2 networks` */
function countsText({ inventory, descriptions }: ValidationView): string {
  const counts = [
    count(inventory.nodes.length, 'node'),
    count(inventory.sites.length, 'site'),
    ...descriptions.flatMap((one) => one.count ?? []),
  ];
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(counts);
}

function section(title: string, rows: readonly (readonly string[])[], paint: Paint): string {
  if (rows.length === 0) return `${paint.strong(title)}  none\n`;
  return `${paint.strong(title)}\n${indent(table(rows).join('\n'), 2)}\n`;
}

function nodeRows({ nodes }: Inventory): string[][] {
  return nodes.map(({ name, role, site, ssh, publicAddresses, lanAddresses }) => [
    name,
    role ?? '-',
    site === undefined ? 'on the internet' : `in ${site}`,
    [...publicAddresses, ...lanAddresses].join(', ') || '-',
    `ssh ${ssh.user === undefined ? '' : `${ssh.user}@`}${ssh.host}${ssh.port === undefined ? '' : ` port ${ssh.port}`}` +
      (ssh.jump === undefined ? '' : ` through ${ssh.jump}`),
  ]);
}

function siteRows({ sites }: Inventory): string[][] {
  return sites.map(({ name, subnets, publicAddresses, nat, forwards }) => [
    name,
    subnets.join(', '),
    nat ? `NAT behind ${publicAddresses.join(', ') || 'an unknown address'}` : 'no NAT',
    forwards
      .map(({ protocol, port, node, nodePort }) => `${protocol} ${port} -> ${node}:${nodePort}`)
      .join(', '),
  ]);
}
