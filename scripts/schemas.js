// The schemas of inventories and playbooks as the sources put them together.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { programFiles } from './programs.js';

/** By the file's name in schemas/: bundles the layers' tables into temporary files and asks them. */
export async function schemas() {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-schema-'));
  const ask = async (name) => {
    const outfile = join(folder, `${name}.cjs`);
    await build({
      entryPoints: [`src/${name}/schema.ts`],
      outfile,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      external: ['ajv'],
      define: { 'import.meta.url': '__filename' },
      plugins: [programFiles],
      logLevel: 'warning',
    });
    return createRequire(import.meta.url)(outfile)[`${name}Schema`]();
  };
  try {
    const names = ['inventory', 'playbook'];
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [`${name}.schema.json`, await ask(name)])),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
