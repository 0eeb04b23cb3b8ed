import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptedAhead } from '../../../src/document/schema/precompiled.js';

interface Coverage {
  readonly result: readonly {
    readonly functions: readonly { readonly functionName: string; readonly ranges: { count: number }[] }[];
  }[];
}

/** How often the one process ran each function of that name, as V8 has counted. */
function callsIn(folder: string, name: string): readonly (number | undefined)[] {
  const [file = ''] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage;
  return result
    .flatMap(({ functions }) => functions)
    .flatMap(({ functionName, ranges }) => (functionName === name ? [ranges[0]?.count] : []));
}

describe('validators compiled ahead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ahead-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are missing when run from source, and then accept nothing', () => {
    expect(acceptedAhead({ $id: 'https://bridgehead.dev/schemas/inventory.schema.json' }, {})).toBe(false);
  });

  /** Whether the build loads ajv to judge a playbook with this gate. */
  function loadsAjv(gate: string): boolean {
    const playbook = join(folder, 'playbook.yaml');
    writeFileSync(playbook, `name: p\nphases:\n  - name: a\n    gates: [{ ${gate}: }]\n`);
    const words = ['bin/bridgehead.js', 'validate', '-i', 'inventory/home-mesh.yaml', '-p', playbook];
    const coverage = join(folder, gate);
    const { status } = spawnSync(process.execPath, words, {
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
    });
    expect(status).toBe(gate === 'ping' ? 0 : 2);
    const counts = callsIn(coverage, 'node_modules/ajv/dist/ajv.js');
    expect(counts).toHaveLength(1);
    return counts[0] !== 0;
  }

  it('accept in the build what is sound, and leave the words for the rest to ajv', () => {
    expect(loadsAjv('ping')).toBe(false);
    expect(loadsAjv('pong')).toBe(true);
  });
});
