// The playbook schema as the sources put it together.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Bundles the tables of steps and gates into a temporary file and asks them. */
export async function playbookSchema() {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-schema-'));
  try {
    const outfile = join(folder, 'schema.mjs');
    await build({
      entryPoints: ['src/playbook/schema.ts'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'warning',
    });
    const { playbookSchema: schema } = await import(pathToFileURL(outfile).href);
    return schema();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
