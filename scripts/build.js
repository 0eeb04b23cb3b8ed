// Builds dist/: the command line in a few files that start fast, and the schemas' validators compiled ahead.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { playbookSchema } from './playbook-schema.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts', 'src/lab/index.ts'],
    outdir: dist,
    outbase: 'src',
    // Every file two levels deep: src and dist find the package's root by the same path.
    chunkNames: 'cli/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    // Loaded only where something is refused, and ssh2's optional native parts.
    external: ['ajv', 'cpu-features', '*.node'],
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

/** Writes dist/document/validators.cjs: by `$id`, whether a value is as the schema wants it. */
async function compileValidators() {
  const { Ajv } = require('ajv');
  const standalone = require('ajv/dist/standalone').default;
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, code: { source: true } });
  ajv.addKeyword({ keyword: 'x-message', schemaType: 'string' });
  const inventory = JSON.parse(readFileSync(join(root, 'schemas/inventory.schema.json'), 'utf8'));
  const names = {};
  for (const schema of [inventory, await playbookSchema()]) {
    ajv.addSchema(schema);
    names[schema.$id] = schema.$id;
  }
  const folder = join(dist, 'document');
  mkdirSync(folder, { recursive: true });
  const source = join(folder, 'validators.source.cjs');
  writeFileSync(source, standalone(ajv, names));
  await build({
    entryPoints: [source],
    outfile: join(folder, 'validators.cjs'),
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'warning',
  });
  rmSync(source);
}

rmSync(dist, { recursive: true, force: true });
await bundle();
await compileValidators();
