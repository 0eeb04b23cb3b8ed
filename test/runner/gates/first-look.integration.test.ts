import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GateKind } from '../../../src/layers/gate.js';
import { GATE_KINDS, STEP_KINDS } from '../../../src/layers/index.js';
import type { StepKind } from '../../../src/layers/step.js';
import type { Playbook } from '../../../src/playbook/types.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { run } from '../../../src/runner/run.js';
import { FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

const learning: StepKind<unknown, string> = {
  kind: 'learning',
  schema: {},
  probe: ({ node }) => ({ script: `echo address-of-${node.name}`, parse: ({ stdout }) => stdout.trim() }),
  facts: (_context, seen) => ({ address: seen }),
  plan: () => [],
};

/** Each node is asked for what it reaches at the addresses of all. */
const reaching: GateKind<unknown, string> = {
  kind: 'reaching',
  schema: {},
  patience: 1,
  probe: ({ facts, measured }, { name }) => ({
    script: `echo ${name} reaches ${measured.map((node) => facts.get(node, 'address') ?? 'nothing').join(', ')}`,
    parse: ({ stdout }) => stdout.trim(),
  }),
  verdict: (_context, { seen }) => ({
    summary: '',
    findings: [...seen].map(([node, text]) => ({ go: true, node, expected: '', seen: text })),
  }),
};

describe('a gate whose probe depends on what a step learns', () => {
  const gates = GATE_KINDS as Map<string, GateKind>;
  const steps = STEP_KINDS as Map<string, StepKind>;
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-first-look-'));
  beforeAll(() => {
    gates.set('reaching', reaching as GateKind);
    steps.set('learning', learning as StepKind);
  });
  afterAll(() => {
    gates.delete('reaching');
    steps.delete('learning');
    rmSync(folder, { recursive: true });
  });

  it.each(['check', 'apply'] as const)(
    'is not judged by the first look, when nothing is known yet: %s',
    async (command) => {
      const events: StampedEvent[] = [];
      const of = (kind: string) => ({ id: `one.${kind}`, kind, name: kind, on: ['all'], params: {} });
      const phases = [{ name: 'one', steps: [of('learning')], gates: [of('reaching')] }];
      const { exit } = await run({
        command,
        run: '20260101-000000-abcdef',
        inventory: LAN,
        playbook: { file: join(folder, 'p.yaml'), name: 'p', phases } as Playbook,
        transport: new FolderTransport(folder),
        nodeGuard: fakeGuard,
        phases: [],
        only: [],
        emit: (event) => events.push(event),
        signal: new AbortController().signal,
        concurrency: 4,
      });
      const findings = events.flatMap((event) => (event.type === 'gate-ended' ? event.findings : []));
      expect(findings.map(({ seen }) => seen)).toEqual(
        ['a', 'b'].map((node) => `${node} reaches address-of-a, address-of-b`),
      );
      expect(exit).toBe(0);
    },
  );
});
