// Writes schemas/playbook.schema.json from the tables of steps and gates, for editors.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const { playbookSchema } = await import('../dist/playbook/index.js');
const file = 'schemas/playbook.schema.json';
writeFileSync(file, `${JSON.stringify(playbookSchema(), null, 2)}\n`);
execFileSync('npx', ['biome', 'format', '--write', file], { stdio: 'inherit' });
