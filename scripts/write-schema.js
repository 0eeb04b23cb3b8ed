// Writes schemas/playbook.schema.json from the tables of steps and gates, for editors.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { playbookSchema } from './playbook-schema.js';

const file = 'schemas/playbook.schema.json';
writeFileSync(file, `${JSON.stringify(await playbookSchema(), null, 2)}\n`);
execFileSync('npx', ['biome', 'format', '--write', file], { stdio: 'inherit' });
