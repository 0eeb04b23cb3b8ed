// Writes schemas/ from the layers' tables, for editors, and the types of a parsed inventory from its schema.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { rawTypes } from './raw-types.js';
import { outputSchemas, schemas } from './schemas.js';

const all = await schemas();
for (const [name, schema] of Object.entries({ ...all, ...(await outputSchemas()) })) {
  writeFileSync(`schemas/${name}`, `${JSON.stringify(schema, null, 2)}\n`);
}
writeFileSync('src/model/raw.ts', rawTypes(all['inventory.schema.json']));
execFileSync('npx', ['biome', 'format', '--write', 'schemas', 'src/model/raw.ts'], { stdio: 'inherit' });
