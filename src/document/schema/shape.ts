/** A field that may be left out. */
interface Optional {
  readonly optional: object;
}

interface OneOrMore {
  readonly message: string;
  readonly description?: string;
  readonly example?: unknown;
}

export type Fields = Readonly<Record<string, object | Optional>>;

export const isText = { type: 'string' };
export const isNumber = { type: 'number', minimum: 0 };
export const isFlag = { type: 'boolean' };
export const oneOf = (...values: readonly unknown[]) => ({ enum: values });
export const optional = (schema: object): Optional => ({ optional: schema });
export const listOf = (items: object) => ({ type: 'array', items });

export const texts = listOf(isText);

/** The name of something that may become part of a host's name. */
export const isName = {
  type: 'string',
  pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
  'x-message':
    'a name has 1 to 63 lower-case letters, digits and hyphens, and does not begin or end with a hyphen',
};

/** One text, or a list of them; `message` is what to write instead of anything else. */
export const oneOrMore = ({ message, description, example }: OneOrMore) => ({
  ...(description === undefined ? {} : { description }),
  type: ['string', 'array'],
  minItems: 1,
  'x-message': message,
  items: isText,
  ...(example === undefined ? {} : { examples: [example] }),
});

/** An object with these fields, and any others. */
export function shape(fields: Fields) {
  const all = Object.entries(fields);
  return {
    type: 'object',
    required: all.filter(([, field]) => !('optional' in field)).map(([name]) => name),
    properties: Object.fromEntries(
      all.map(([name, field]) => [name, 'optional' in field ? field.optional : field]),
    ),
  };
}
