// Jest's transform of a unit test: what scripts/unit-bundle.js has made of it.
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = (file) => join(process.env.UNIT_BUNDLE, relative(root, file).replace(/\.ts$/, '.mjs'));

export default {
  process: (_text, file) => ({ code: `import ${JSON.stringify(bundled(file))};\n` }),
  getCacheKey: (_text, file) => bundled(file).replaceAll(/[^\w.-]/g, '_'),
};
