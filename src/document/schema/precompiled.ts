import { validators } from './validators.js';

/**
 * Whether a validator that was compiled ahead accepts the value. False only means that ajv itself has to check the value
 * and report what is wrong; ajv takes longer to load than a command takes to run.
 */
export function acceptedAhead(schema: object, value: unknown): boolean {
  const { $id } = schema as { readonly $id?: string };
  if ($id === undefined) return false;
  return validators[$id]?.(value) ?? false;
}
