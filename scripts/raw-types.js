// Generates the types of an inventory that is only parsed, from its schema.
const HEADER = `// Written by scripts/write-schemas.js.

/** One text or a list; what the schema refused in a list is null. */
export type OneOrMore = string | readonly (string | null)[];
`;

const nameOf = (definition) => `Raw${definition[0].toUpperCase()}${definition.slice(1)}`;

/** What the schema refused is missing, or null in a list; so nothing is required. */
function typeOf(schema, definitions, indent = '') {
  const within = (part, inner = indent) => typeOf(part, definitions, inner);
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '');
    if (!definitions[name].properties) return within(definitions[name]);
    return [definitions[name].type].flat().includes('string') ? `string | ${nameOf(name)}` : nameOf(name);
  }
  if (schema.if)
    return [schema.then, schema.else]
      .filter((part) => part.$ref ?? part.if)
      .map((part) => within(part))
      .join(' | ');
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  switch (String(schema.type)) {
    case 'string':
    case 'boolean':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'string,array':
      return 'OneOrMore';
    case 'array':
      return `readonly (${within(schema.items)} | null)[]`;
    case 'string,object':
    case 'object': {
      if (!schema.properties) return `Readonly<Record<string, ${within(schema.additionalProperties)}>>`;
      const inner = `${indent}  `;
      const keys = Object.entries(schema.properties).map(
        ([key, part]) => `${inner}readonly ${key}?: ${within(part, inner)};\n`,
      );
      return `{\n${keys.join('')}${indent}}`;
    }
    default:
      throw new TypeError(`no type for ${JSON.stringify(schema)}`);
  }
}

/** TypeScript: one interface for the inventory, one for each of its definitions that has keys. */
export function rawTypes(inventory) {
  const objects = Object.entries(inventory.definitions).filter(([, { properties }]) => properties);
  return [['inventory', inventory], ...objects].reduce(
    (text, [name, schema]) =>
      `${text}\nexport interface ${nameOf(name)} ${typeOf(schema, inventory.definitions)}\n`,
    HEADER,
  );
}
