// The JSON Schemas as the sources build them.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { programFiles } from './programs.js';

/** What a source exports, from its own bundle in a temporary file. */
async function exportsOf(entry) {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-schema-'));
  const outfile = join(folder, 'schema.cjs');
  try {
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      external: ['ajv'],
      define: { 'import.meta.url': '__filename' },
      plugins: [programFiles],
      logLevel: 'warning',
    });
    return createRequire(import.meta.url)(outfile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Those of inventories, playbooks, answers and notifications, for editors too: by the file's name in schemas/. */
export async function schemas() {
  const [inventory, playbook, answers, notify] = await Promise.all(
    ['inventory/schema', 'playbook/schema', 'app/provision/dialogue/answers', 'app/notify/schema'].map(
      (name) => exportsOf(`src/${name}.ts`),
    ),
  );
  return {
    'inventory.schema.json': inventory.inventorySchema(),
    'playbook.schema.json': playbook.playbookSchema(),
    'answers.schema.json': answers.answersSchema(),
    'notify.schema.json': notify.notifySchema(),
  };
}

/** That of what is only written, never read: by the file's name in schemas/. */
export async function outputSchemas() {
  const { reportSchema } = await exportsOf('src/render/report/json/schema.ts');
  const { notificationSchema } = await exportsOf('src/render/report/notification/schema.ts');
  return { 'report.schema.json': reportSchema(), 'notification.schema.json': notificationSchema() };
}

/** Those without a file in schemas/. */
export async function innerSchemas() {
  const { EVENT_SCHEMA } = await exportsOf('src/runner/shards/event-schema.ts');
  return { event: EVENT_SCHEMA };
}

/** What ajv must know to compile them. */
export async function ownKeywords() {
  const { OWN_KEYWORDS } = await exportsOf('src/document/schema/keywords.ts');
  return OWN_KEYWORDS;
}
