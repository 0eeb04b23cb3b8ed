import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

type Validators = Readonly<Record<string, ((value: unknown) => boolean) | undefined>>;

let validators: Validators | undefined;

/** What the build compiled ahead from the schemas; nothing where the sources are run as they are. */
function load(): Validators {
  const file = new URL('../document/validators.cjs', import.meta.url);
  return existsSync(file) ? (createRequire(import.meta.url)(file.pathname) as Validators) : {};
}

/**
 * Whether a validator that was compiled ahead accepts the value. False says nothing but that ajv itself, which takes
 * longer to load than a whole command to run, has to look and to name what is wrong.
 */
export function acceptedAhead(schema: object, value: unknown): boolean {
  const { $id } = schema as { readonly $id?: string };
  if ($id === undefined) return false;
  validators ??= load();
  return validators[$id]?.(value) ?? false;
}
