import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GateKind } from '../../src/layers/gate.js';
import { GATE_KINDS } from '../../src/layers/index.js';
import type { Playbook } from '../../src/playbook/types.js';
import { type RunRequest, run } from '../../src/runner/run.js';
import { FolderTransport, LAN } from '../support/folder-nodes.js';
import { fakeGuard } from '../support/node-guard.js';

describe('the seconds that a gate may wait', () => {
  const kinds = GATE_KINDS as Map<string, GateKind>;
  const NAMES = ['well', 'unwell', 'slow'] as const;
  let folder: string;
  let asked: Record<string, number[]>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-patience-'));
    asked = {};
    for (const kind of NAMES)
      kinds.set(kind, {
        kind,
        schema: {},
        patience: 20,
        ...(kind === 'slow' && { settling: 8 }),
        probe: ({ patience }, { name }) => {
          if (name === 'a') asked[kind] = [...(asked[kind] ?? []), patience];
          return { script: 'true', parse: () => undefined };
        },
        verdict: (_context, { seen }) => ({
          summary: kind,
          findings: [...seen.keys()].map((node) => ({
            go: kind === 'well',
            node,
            expected: 'it is well',
            seen: kind,
          })),
        }),
      });
  });
  afterEach(() => {
    for (const kind of NAMES) kinds.delete(kind);
    rmSync(folder, { recursive: true });
  });

  const made = (): string => join(folder, 'made');
  const gate = (kind: string, params: object = {}) => ({
    id: `one.${kind}`,
    kind,
    name: kind,
    on: ['all'],
    params,
  });
  const step = { id: 'one.step', kind: 'script', name: 'make', on: ['a'] };
  const go = async (gates: readonly object[], over: Partial<RunRequest> = {}): Promise<number> => {
    const params = { check: `test -e ${made()}`, run: `touch ${made()}` };
    const later = { name: 'later', steps: [{ ...step, params }], gates: [] };
    const phases = [{ name: 'one', steps: [], gates }, later];
    const { exit } = await run({
      command: 'apply',
      run: '20260101-000000-abcdef',
      inventory: LAN,
      playbook: { file: join(folder, 'p.yaml'), name: 'p', phases } as Playbook,
      transport: new FolderTransport(folder),
      nodeGuard: fakeGuard,
      phases: [],
      only: [],
      emit: () => undefined,
      signal: new AbortController().signal,
      concurrency: 4,
      ...over,
    });
    return exit;
  };

  it.each(['apply', 'check'] as const)(
    'are few where %s has changed nothing, and what was GO is not measured again',
    async (command) => {
      expect(await go([gate('well'), gate('unwell'), gate('slow')], { command })).toBe(3);
      expect(asked).toEqual({ well: [2], unwell: [2, 3], slow: [2, 8] });
      expect(existsSync(made())).toBe(false);
    },
  );

  it('are as the playbook says, all the same', async () => {
    expect(await go([gate('unwell', { within: 7 })])).toBe(3);
    expect(asked).toEqual({ unwell: [2, 7] });
  });

  it('are all of them behind a change', async () => {
    const params = { check: `test -e ${made()}`, run: `touch ${made()}` };
    const phases = [{ name: 'one', steps: [{ ...step, params }], gates: [gate('unwell')] }];
    const playbook = { file: join(folder, 'p.yaml'), name: 'p', phases } as Playbook;
    expect(await go([], { playbook })).toBe(3);
    expect(asked.unwell?.at(-1)).toBe(20);
    expect(existsSync(made())).toBe(true);
  });
});
