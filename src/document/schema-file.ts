import { readFileSync } from 'node:fs';

const schemas = new Map<string, object>();

/** One of the package's published schemas, by its file name in `schemas/`; read once. */
export function publishedSchema(name: string): object {
  const known = schemas.get(name);
  if (known) return known;
  const file = new URL(`../../schemas/${name}`, import.meta.url);
  const schema: object = JSON.parse(readFileSync(file, 'utf8'));
  schemas.set(name, schema);
  return schema;
}
