import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptedAhead } from '../../src/document/precompiled.js';

describe('validators compiled ahead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ahead-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are missing when run from source, and then accept nothing', () => {
    expect(acceptedAhead({ $id: 'https://bridgehead.dev/schemas/inventory.schema.json' }, {})).toBe(false);
  });

  /** Whether the build loads ajv to judge a playbook with this gate. */
  function loadsAjv(gate: string): boolean {
    const preload = join(folder, 'preload.cjs');
    writeFileSync(
      preload,
      `const Module = require('node:module');
const { _load } = Module;
Module._load = function (name, ...rest) {
  if (name === 'ajv') process.stderr.write('ajv is loaded\\n');
  return _load.call(this, name, ...rest);
};
`,
    );
    const playbook = join(folder, 'playbook.yaml');
    writeFileSync(playbook, `name: p\nphases:\n  - name: a\n    gates: [{ ${gate}: }]\n`);
    const words = ['bin/bridgehead.js', 'validate', '-i', 'inventory/home-mesh.yaml', '-p', playbook];
    const { status, stderr } = spawnSync(process.execPath, ['--require', preload, ...words], {
      encoding: 'utf8',
    });
    expect(status).toBe(gate === 'ping' ? 0 : 2);
    return stderr.includes('ajv is loaded');
  }

  it('accept in the build what is sound, and leave the words for the rest to ajv', () => {
    expect(loadsAjv('ping')).toBe(false);
    expect(loadsAjv('pong')).toBe(true);
  });
});
