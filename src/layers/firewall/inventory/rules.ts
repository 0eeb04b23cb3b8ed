import type { Path } from '../../../document/index.js';
import type { Inventory, LayerValues } from '../../../model/inventory.js';
import type { RawAllowed, RawFirewallRule } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import { parsePort } from './ports.js';
import { resolveSources } from './sources.js';
import type { Allowed, FirewallRule } from './types.js';

/** The rules with the nodes that they are for. */
export function deriveRules(
  inventory: Inventory,
  work: Resolution,
): Pick<LayerValues, 'firewall' | 'closed'> {
  const firewall = (work.raw.firewall ?? []).map((raw, i) => ruleOf(inventory, work, raw ?? {}, i));
  const named = new Set(firewall.flatMap(({ nodes }) => nodes));
  return { firewall, closed: inventory.nodes.map(({ name }) => name).filter((name) => named.has(name)) };
}

function ruleOf(inventory: Inventory, work: Resolution, raw: RawFirewallRule, index: number): FirewallRule {
  const path = ['firewall', index];
  const nodes = new Set(nodesOf(inventory, work, [...path, 'on'], raw.on));
  const allow = (raw.allow ?? []).flatMap((entry, i): Allowed[] => {
    const at = [...path, 'allow', i];
    if (typeof entry === 'string') return allowed(inventory, work, at, entry) ?? [];
    return entry === null ? [] : (allowed(inventory, work, [...at, 'port'], entry.port, entry) ?? []);
  });
  return { nodes: inventory.nodes.map(({ name }) => name).filter((name) => nodes.has(name)), allow };
}

function nodesOf(inventory: Inventory, work: Resolution, path: Path, on: RawFirewallRule['on']): string[] {
  const selectors =
    typeof on === 'string'
      ? [{ at: path, selector: on }]
      : (on ?? []).flatMap((selector, i) => (selector === null ? [] : [{ at: [...path, i], selector }]));
  return selectors.flatMap(({ at, selector }) => {
    if (selector !== 'closed') return work.select(at, inventory, selector);
    work.report(at, '"closed" means the nodes that the rules name', 'name them, such as role:edge');
    return [];
  });
}

function allowed(
  inventory: Inventory,
  work: Resolution,
  path: Path,
  text: string | undefined,
  { from }: RawAllowed = {},
): Allowed[] | undefined {
  if (text === undefined) return undefined;
  const parsed = parsePort(text);
  if (!parsed.ok) work.report(path, parsed.message, parsed.fix);
  const sources = resolveSources({ work, path: [...path.slice(0, -1), 'from'], inventory }, from);
  return parsed.ok ? [{ port: parsed.port, from: sources }] : undefined;
}
