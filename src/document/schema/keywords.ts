/** What our schemas have beyond JSON Schema, for errors' words only; ajv must know it. */
export const OWN_KEYWORDS = [
  { keyword: 'x-message', schemaType: 'string' },
  { keyword: 'x-main', schemaType: 'string' },
  { keyword: 'x-secret', schemaType: 'boolean' },
] as const;
