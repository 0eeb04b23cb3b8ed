import type { Node } from '../model/inventory.js';

/** The placeholders of templates, and their values on a node. */
export type TemplateValues = ReadonlyMap<string, string | undefined>;

export interface TemplateContext {
  readonly node: Pick<Node, 'name'>;
  readonly values: TemplateValues;
}

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

export interface Rendered {
  readonly text: string;
  readonly problems: readonly string[];
}

/** Puts values in place of `{{ node.name }}` and the like; nothing else is a template's to do. */
export function renderTemplate(template: string, { node, values }: TemplateContext): Rendered {
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
        `${name} has no value on ${node.name}; give it one in the inventory, or leave the node out with \`on\``,
      );
    }
    return value ?? whole;
  });
  return { text, problems: [...problems] };
}
