import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../../src/core/errors.js';
import { titleOf } from '../../../src/layers/parcel.js';
import type { Playbook } from '../../../src/playbook/types.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { run } from '../../../src/runner/run.js';
import { FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-fetch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const build = { url: 'https://example.com/x', sha256: 'a'.repeat(64) };

const playbook = (): Playbook => {
  const sources = { amd64: build, arm64: build };
  const step = (id: string, kind: string, params: object) => ({ id, kind, name: id, on: ['all'], params });
  const mark = { check: `test -e ${folder}/made`, run: `touch ${folder}/made` };
  return {
    file: join(folder, 'demo.yaml'),
    name: 'demo',
    phases: [
      { name: 'before', steps: [step('mark', 'script', mark)], gates: [] },
      {
        name: 'programs',
        steps: [step('tool', 'program', { name: 'bridgehead-test-tool', version: '1', sources })],
        gates: [],
      },
    ],
  };
};

it('a program that cannot be had is asked for once, and ends the run before the first change', async () => {
  const asked: string[] = [];
  const events: StampedEvent[] = [];
  const { exit } = await run({
    command: 'apply',
    run: '20261130-070000-aaaaaa',
    inventory: LAN,
    playbook: playbook(),
    phases: [],
    only: [],
    transport: new FolderTransport(folder),
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    concurrency: 4,
    nodeGuard: fakeGuard,
    programs: {
      get: async (program) => {
        asked.push(titleOf(program));
        throw new BridgeheadError('E_PROGRAM', 'it is not there');
      },
    },
  });
  expect(exit).toBe(7);
  expect(asked).toEqual([expect.stringMatching(/^bridgehead-test-tool 1 for a(?:md|rm)64$/)]);
  expect(events.at(-1)).toMatchObject({ type: 'run-ended', errors: [{ code: 'E_PROGRAM' }], changes: 0 });
  expect(existsSync(join(folder, 'made'))).toBe(false);
});
