// Writes schemas/ from the layers' tables, for editors.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { schemas } from './schemas.js';

for (const [name, schema] of Object.entries(await schemas())) {
  writeFileSync(`schemas/${name}`, `${JSON.stringify(schema, null, 2)}\n`);
}
execFileSync('npx', ['biome', 'format', '--write', 'schemas'], { stdio: 'inherit' });
