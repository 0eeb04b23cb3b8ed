import { validators } from './validators.js';

/**
 * Whether a validator that was compiled ahead accepts the value. False says nothing but that ajv itself, which takes
 * longer to load than a whole command to run, has to look and to name what is wrong.
 */
export function acceptedAhead(schema: object, value: unknown): boolean {
  const { $id } = schema as { readonly $id?: string };
  if ($id === undefined) return false;
  return validators[$id]?.(value) ?? false;
}
