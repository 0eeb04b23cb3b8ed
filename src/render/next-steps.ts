import stringWidth from 'fast-string-width';
import { membersOf } from '../model/atlas.js';
import type { Client, Inventory, Network } from '../model/inventory.js';
import type { Paint } from './colour.js';
import { commandLine } from './command-line.js';
import { indent, table } from './table.js';

/** More members than this are not listed with their addresses. */
const MOST_MEMBERS = 8;

/** The purpose, and what to type or use: one text, or several that may be on lines of their own. */
type Step = readonly [goal: string, means: string | readonly string[]];

export interface NextView {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
}

/** What to do after `validate`. `target`: the options that name the inventory and the playbook. */
export function afterValidation(target: readonly string[], paint: Paint): string {
  return nextText(
    [
      ['try it on disposable machines:', command('rehearse', target)],
      ['bring it about, after a look at the plan:', command('apply', target)],
    ],
    paint,
  );
}

/** What to do after a plan with changes. */
export function afterPlan(target: readonly string[], paint: Paint): string {
  return nextText([['make these changes:', command('apply', target)]], paint);
}

/** What to do after a rehearsal that was GO. */
export function afterRehearsal(target: readonly string[], paint: Paint): string {
  return nextText([['the same on your own machines:', command('apply', target)]], paint);
}

/** How to use the network that an `apply` has just brought up: the nodes' addresses, and how to connect a phone. */
export function afterApply(
  inventory: Inventory,
  target: readonly string[],
  { paint, width }: NextView,
): string {
  const { networks } = inventory;
  const [first] = networks.flatMap((network) => network.clients.map((client) => ({ network, client })));
  const hasHub = networks.some(({ shape }) => shape === 'hub');
  return nextText(
    [
      ...networks.flatMap((network) => addressStep(network, target)),
      ...(first === undefined ? [] : browserStep(inventory, first.network, first.client)),
      ...(hasHub
        ? [['add a phone, by its QR code:', command('client', ['add', 'NAME', ...target])] as const]
        : []),
      ['measure again at any time:', command('check', target)],
    ],
    paint,
    width,
  );
}

const command = (name: string, words: readonly string[]): string =>
  commandLine(['bridgehead', name, ...words]);

/** A command is never broken, so that it can be copied. */
function nextText(steps: readonly Step[], paint: Paint, width = 80): string {
  const room = width - Math.max(...steps.map(([goal]) => stringWidth(goal))) - 4;
  const rows = steps.flatMap(([goal, means]) =>
    (typeof means === 'string' ? [means] : listed(means, room)).map((line, index) => [
      index === 0 ? goal : '',
      line,
    ]),
  );
  return `\n${paint.strong('next')}\n${indent(table(rows).join('\n'), 2)}\n`;
}

/** As many on a line as fit. */
function listed(items: readonly string[], room: number): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item},`;
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(text) <= room)
      lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines;
}

function addressStep({ name, members }: Network, target: readonly string[]): Step[] {
  if (members.length === 0) return [];
  const goal = `addresses in ${name}:`;
  if (members.length > MOST_MEMBERS) return [[goal, command('validate', ['--draw', ...target])]];
  return [[goal, members.map(({ node, addresses }) => `${node} ${addresses[0]}`)]];
}

/** What to open in a phone's browser: a member that it may reach, and a machine in a LAN behind a gateway. */
function browserStep({ nodes }: Inventory, network: Network, { name, reach }: Client): Step[] {
  const may = (what: string) => reach === 'all' || reach.some(({ kind }) => kind === what);
  const named = (reach === 'all' ? [] : reach).flatMap((one) =>
    one.kind === 'node' && one.service?.protocol !== 'udp' ? [one] : [],
  );
  const rightOf = (node: string) => named.find((one) => one.node === node);
  const { members, hubs, advertises } = network;
  const inside = members.find(
    ({ node }) => rightOf(node) !== undefined || (may('overlay') && !hubs.includes(node)),
  );
  const port = inside === undefined || may('overlay') ? undefined : rightOf(inside.node)?.service?.port;
  const siteOf = (node: string) => nodes.find((one) => one.name === node)?.site;
  const sites = may('lan') ? advertises.map(({ node }) => siteOf(node)) : [];
  const behind = nodes.find(
    ({ name: node, site }) => site !== undefined && sites.includes(site) && !membersOf(network).has(node),
  );
  const urls = [...urlOf(inside?.addresses[0], port), ...urlOf(behind?.lanAddresses[0])];
  if (urls.length === 0) return [];
  return [[`type into ${name}'s browser:`, urls.join(' or ')]];
}

function urlOf(address: string | undefined, port: number | 'PORT' = 'PORT'): string[] {
  if (address === undefined) return [];
  return [`http://${address.includes(':') ? `[${address}]` : address}:${port}`];
}
