import type { StepContext } from './step.js';

type Where = Pick<StepContext<unknown>, 'node' | 'inventory' | 'networks'>;

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What a template may name, and its value on a node; `network.*` is the first network of the node. */
export function templateValues({
  node,
  inventory,
  networks,
}: Where): ReadonlyMap<string, string | undefined> {
  const network = networks[0];
  const member = network?.members.find((each) => each.node === node.name);
  return new Map([
    ['node.name', node.name],
    ['node.role', node.role],
    ['node.site', node.site],
    ['node.public', node.publicAddresses[0]],
    ['node.lan', node.lanAddresses[0]],
    ['network.name', network?.name],
    ['network.interface', network?.interface],
    ['network.range', network?.ranges[0]],
    ['network.address', member?.addresses[0]],
    ['network.port', network && String(network.port)],
    ['network.mtu', network && String(network.mtu)],
    ['inventory.name', inventory.name],
  ]);
}

export interface Rendered {
  readonly text: string;
  readonly problems: readonly string[];
}

/** Puts values in place of `{{ node.name }}` and the like; nothing else is a template's to do. */
export function renderTemplate(template: string, where: Where): Rendered {
  const values = templateValues(where);
  const problems = new Set<string>();
  const text = template.replaceAll(PLACEHOLDER, (whole, name: string) => {
    if (!values.has(name)) {
      problems.add(
        `${JSON.stringify(whole)} names nothing; a template may name ${[...values.keys()].join(', ')}`,
      );
      return whole;
    }
    const value = values.get(name);
    if (value === undefined) {
      problems.add(
        `${name} has no value on ${where.node.name}; give it one in the inventory, or leave the node out with \`on\``,
      );
    }
    return value ?? whole;
  });
  return { text, problems: [...problems] };
}
