// For esbuild: the schemas' validators, compiled ahead, which replace the empty ones of src/document/schema/validators.ts; and ajv, which
// src/document/schema/ajv.ts would look up in node_modules.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { innerSchemas, ownKeywords, schemas } from './schemas.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** JavaScript that exports `validators`: by `$id`, whether a value matches the schema. */
async function compileValidators() {
  const { Ajv } = require('ajv');
  const standalone = require('ajv/dist/standalone').default;
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, discriminator: true, code: { source: true } });
  for (const own of await ownKeywords()) ajv.addKeyword(own);
  const names = {};
  for (const schema of Object.values({ ...(await schemas()), ...(await innerSchemas()) })) {
    ajv.addSchema(schema);
    names[schema.$id] = schema.$id;
  }
  const { code } = await transform(`(function (exports) {${standalone(ajv, names)}})(validators);`, {
    minify: true,
  });
  return `export const validators = {};\n${code}`;
}

export const validatorsAhead = {
  name: 'validators-ahead',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/document\/schema\/validators\.ts$/ }, async () => ({
      contents: await compileValidators(),
      resolveDir: root,
      loader: 'js',
    }));
  },
};

/** esbuild runs a module that is required in a function only when the function is called. */
export const ajvInside = {
  name: 'ajv-inside',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/document\/schema\/ajv\.ts$/ }, () => ({
      contents: "export const ajvLibrary = () => require('ajv');",
      resolveDir: root,
      loader: 'js',
    }));
  },
};
