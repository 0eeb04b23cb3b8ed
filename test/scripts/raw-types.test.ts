import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inventorySchema } from '../../src/inventory/schema.js';

const { rawTypes }: { readonly rawTypes: (inventory: object) => string } = await import(
  pathToFileURL('scripts/raw-types.js').href
);

const definitions = {
  port: { type: 'integer' },
  site: { type: 'object', properties: { nat: { enum: ['none', 'masquerade'] } } },
};

describe('the types of what an inventory says', () => {
  it('are those of its schema, as `node scripts/write-schemas.js` writes them', () => {
    expect(readFileSync('src/model/raw.ts', 'utf8')).toBe(rawTypes(inventorySchema()));
    expect(JSON.parse(readFileSync('schemas/inventory.schema.json', 'utf8'))).toEqual(inventorySchema());
  });

  it.each<[written: object, type: string]>([
    [{ type: 'string' }, 'string'],
    [{ $ref: '#/definitions/port' }, 'number'],
    [{ type: ['string', 'array'], items: { type: 'string' } }, 'OneOrMore'],
    [{ type: 'array', items: { $ref: '#/definitions/site' } }, 'readonly (RawSite | null)[]'],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, 'Readonly<Record<string, boolean>>'],
  ])('%j', (part, type) => {
    expect(rawTypes({ type: 'object', properties: { key: part }, definitions })).toContain(
      `export interface RawInventory {\n  readonly key?: ${type};\n}\n\nexport interface RawSite {\n  readonly nat?: 'none' | 'masquerade';\n}\n`,
    );
  });

  it('are not guessed if a schema is of another form', () => {
    const odd = { type: 'object', properties: { key: { oneOf: [] } }, definitions };
    expect(() => rawTypes(odd)).toThrow(/no type for/);
  });
});
