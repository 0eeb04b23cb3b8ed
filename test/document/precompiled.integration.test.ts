import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { acceptedAhead } from '../../src/document/precompiled.js';

const file = resolve('dist/document/validators.cjs');

describe('validators compiled ahead', () => {
  it('are not there where the sources are run, and then accept nothing', () => {
    expect(acceptedAhead({ $id: 'https://bridgehead.dev/schemas/inventory.schema.json' }, {})).toBe(false);
  });

  (existsSync(file) ? it : it.skip)('judge in the build, and leave the words to ajv', () => {
    const validators = createRequire(import.meta.url)(file) as Record<string, (value: unknown) => boolean>;
    const accepts = validators['https://bridgehead.dev/schemas/playbook.schema.json'];
    expect(accepts?.({ name: 'p', phases: [{ name: 'a', gates: [{ ping: null }] }] })).toBe(true);
    expect(accepts?.({ name: 'p', phases: [{ name: 'a', gates: [{ pong: null }] }] })).toBe(false);
    const words = ['bin/bridgehead.js', 'validate', '-i', 'inventory/home-mesh.yaml'];
    expect(execFileSync(process.execPath, words, { encoding: 'utf8' })).toContain('home-mesh');
  });
});
