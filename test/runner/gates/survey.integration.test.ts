import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GateKind } from '../../../src/layers/gate.js';
import { GATE_KINDS } from '../../../src/layers/index.js';
import type { Playbook } from '../../../src/playbook/types.js';
import { GarbledReply } from '../../../src/remote/reply-lines.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { run } from '../../../src/runner/run.js';
import { FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

/** Each node is asked about what the others said in the survey. */
const surveying: GateKind<unknown, string> = {
  kind: 'surveying',
  schema: {},
  patience: 1,
  survey: (_context, { name }) => ({
    script: `echo port-of-${name}`,
    parse: ({ stdout }) => {
      if (name === 'b') throw new GarbledReply('unreadable');
      return stdout.trim();
    },
  }),
  probe: ({ surveyed }, { name }) => ({
    script: `echo ${name} knows ${[...(surveyed ?? [])].map((entry) => entry.join('=')).join(',')}`,
    parse: ({ stdout }) => stdout.trim(),
  }),
  verdict: (_context, { seen }) => ({
    summary: '',
    findings: [...seen].map(([node, text]) => ({ go: true, node, expected: '', seen: text })),
  }),
};

describe('a gate that surveys its nodes', () => {
  const kinds = GATE_KINDS as Map<string, GateKind>;
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-survey-'));
  beforeAll(() => kinds.set('surveying', surveying as GateKind));
  afterAll(() => {
    kinds.delete('surveying');
    rmSync(folder, { recursive: true });
  });

  it('knows in its probes what all nodes have answered, those excepted whose answer cannot be read', async () => {
    const events: StampedEvent[] = [];
    const gates = [{ id: 'one.gate', kind: 'surveying', name: 'surveying', on: ['all'], params: {} }];
    const { exit } = await run({
      command: 'check',
      run: '20260101-000000-abcdef',
      inventory: LAN,
      playbook: {
        file: join(folder, 'p.yaml'),
        name: 'p',
        phases: [{ name: 'one', steps: [], gates }],
      } as Playbook,
      transport: new FolderTransport(folder),
      nodeGuard: fakeGuard,
      phases: [],
      only: [],
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
    });
    const findings = events.flatMap((event) => (event.type === 'gate-ended' ? event.findings : []));
    expect(findings.map(({ seen }) => seen)).toEqual(['a knows a=port-of-a', 'b knows a=port-of-a']);
    expect(exit).toBe(0);
  });
});
