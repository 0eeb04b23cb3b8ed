import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const bundle = process.env['UNIT_BUNDLE'] ?? '';

it('shares the sources among tests, but none of the tests’ own code, whose hooks each file needs for itself', () => {
  const shared = readdirSync(bundle).filter((file) => file.endsWith('.mjs'));
  const texts = shared.map((file) => readFileSync(join(bundle, file), 'utf8')).join('\n');
  expect(texts).toMatch(/^\/\/ src\/cli\/program\.ts$/m);
  expect(texts).not.toMatch(/^\/\/ test\//m);
});
