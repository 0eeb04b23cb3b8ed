import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../src/core/errors.js';
import { STEP_KINDS } from '../../src/layers/index.js';
import type { StepKind } from '../../src/layers/step.js';
import type { Playbook } from '../../src/playbook/types.js';
import type { RunEvent, StampedEvent } from '../../src/runner/events/events.js';
import { type RunRequest, run } from '../../src/runner/run.js';
import { FolderTransport, LAN } from '../support/folder-nodes.js';
import { fakeGuard } from '../support/node-guard.js';

const refusing = (...nodes: readonly string[]) => ({
  connect: (name: string) => {
    if (nodes.includes(name)) throw new BridgeheadError('E_SSH_REFUSED', `${name} refuses`, { node: name });
  },
});
/** Whoever runs the tests owns the files. */
const OWN = {
  owner: execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(),
  group: execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim(),
};

describe('a run', () => {
  let folder: string;
  let events: StampedEvent[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-run-'));
    events = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (name: string): string => join(folder, name);

  /** first: makes `one` on each node; second: makes `two` on node b alone; third: proves it. */
  const playbook = (over: { run?: string; gate?: string } = {}): Playbook => ({
    file: join(folder, 'demo.yaml'),
    name: 'demo',
    phases: [
      {
        name: 'first',
        steps: [
          {
            id: 'first.step-1',
            kind: 'script',
            name: 'one',
            on: ['all'],
            params: {
              check: `test -e ${path('one')}.$BRIDGEHEAD_NODE`,
              run: over.run ?? `touch ${path('one')}.$BRIDGEHEAD_NODE`,
            },
          },
        ],
        gates: [
          {
            id: 'first.gate-1',
            kind: 'commands',
            name: 'shell',
            on: ['all'],
            params: { names: [over.gate ?? 'sh'] },
          },
        ],
      },
      {
        name: 'second',
        steps: [
          {
            id: 'second.step-1',
            kind: 'file',
            name: 'two',
            on: ['b'],
            params: { path: path('two'), content: 'two\n', ...OWN },
          },
          {
            id: 'second.step-2',
            kind: 'file',
            name: 'never',
            on: ['all'],
            when: 'false',
            params: { path: path('never'), content: '' },
          },
        ],
        gates: [],
      },
      {
        name: 'third',
        steps: [],
        gates: [
          { id: 'third.gate-1', kind: 'commands', name: 'tools', on: ['all'], params: { names: ['dash'] } },
        ],
      },
    ],
  });

  const go = async (over: Partial<RunRequest> = {}): Promise<{ exit: number }> => {
    events = [];
    const { exit } = await run({
      command: 'apply',
      run: '20260101-000000-abcdef',
      inventory: LAN,
      playbook: playbook(),
      phases: [],
      only: [],
      transport: new FolderTransport(folder),
      nodeGuard: fakeGuard,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
      ...over,
    });
    return { exit };
  };

  const ofType = <T extends RunEvent['type']>(type: T): Extract<StampedEvent, { type: T }>[] =>
    events.filter((event): event is Extract<StampedEvent, { type: T }> => event.type === type);
  const outcomes = (): string[] =>
    ofType('phase-ended').map(({ phase, outcome, changes }) => `${phase} ${outcome} ${changes}`);

  it('applies what differs, proves each phase, and changes nothing the second time', async () => {
    expect(await go()).toMatchObject({ exit: 0 });
    expect(outcomes()).toEqual(['first go 2', 'second go 1', 'third go 0']);
    expect(readFileSync(path('two'), 'utf8')).toBe('two\n');
    expect(existsSync(path('never'))).toBe(false);
    const { creates } = ofType('step-planned').find(({ name }) => name === 'two')?.changes[0] ?? {};
    expect(creates).toEqual({ path: path('two'), mode: '0644' });
    expect(await go()).toMatchObject({ exit: 0 });
    expect(outcomes()).toEqual(['first go 0', 'second go 0', 'third go 0']);
    expect(ofType('run-ended')[0]?.changes).toBe(0);
  });

  describe('a step that refuses', () => {
    const kinds = STEP_KINDS as Map<string, StepKind>;
    beforeEach(() => {
      kinds.set('refusing', {
        kind: 'refusing',
        schema: {},
        probe: () => ({ script: 'true', parse: () => undefined }),
        refuse: ({ node }) =>
          node.name === 'b' ? [{ code: 'E_STEP', message: 'it would be lost', fix: 'leave it' }] : [],
        plan: () => [],
      });
    });
    afterAll(() => void kinds.delete('refusing'));
    const refusing = (): Playbook => {
      const { phases, ...rest } = playbook();
      const step = { id: 'last.step-1', kind: 'refusing', name: 'risk', on: ['all'], params: {} };
      return { ...rest, phases: [...phases, { name: 'last', steps: [step], gates: [] }] };
    };

    it.each(['apply', 'plan'] as const)('ends %s before anything is changed', async (command) => {
      expect(await go({ command, playbook: refusing() })).toMatchObject({ exit: 7 });
      expect(ofType('run-ended')[0]?.errors).toMatchObject([
        { message: 'it would be lost', node: 'b', phase: 'last', step: 'risk', fix: 'leave it' },
      ]);
      expect(existsSync(`${path('one')}.a`)).toBe(false);
      expect(ofType('step-planned').length > 0).toBe(command === 'plan');
    });

    it('waits for its turn if an earlier phase may remove what it refuses', async () => {
      const cleared = (): boolean => existsSync(`${path('one')}.b`);
      kinds.set('refusing', {
        ...(kinds.get('refusing') as StepKind),
        probe: () => ({
          script: `ls ${path('one')}.b 2>/dev/null || :`,
          parse: ({ stdout }) => stdout.trim() !== '',
        }),
        refuse: ({ node }, seen) =>
          node.name === 'b' && seen !== true
            ? [{ code: 'E_STEP', message: 'it would not last', fix: 'clear it', passing: true }]
            : [],
      });
      expect(await go({ command: 'plan', playbook: refusing() })).toEqual({ exit: 0 });
      expect(await go({ playbook: { ...refusing(), phases: refusing().phases.slice(-1) } })).toEqual({
        exit: 7,
      });
      expect(await go({ playbook: refusing() })).toEqual({ exit: 0 });
      expect(cleared()).toBe(true);
    });

    it('fails in its turn if nothing has removed it, although it has nothing to change', async () => {
      kinds.set('refusing', {
        ...(kinds.get('refusing') as StepKind),
        refuse: () => [{ code: 'E_STEP', message: 'it would not last', fix: 'clear it', passing: true }],
      });
      expect(await go({ playbook: refusing() })).toEqual({ exit: 7 });
      expect(existsSync(`${path('one')}.a`)).toBe(true);
      expect(ofType('run-ended')[0]?.errors).toMatchObject([
        { message: 'it would not last', phase: 'last' },
        { message: 'it would not last', phase: 'last' },
      ]);
    });

    it('only if it is selected', async () => {
      expect(await go({ playbook: refusing(), only: ['a'] })).toMatchObject({ exit: 0 });
    });
  });

  it('asks each node one question, its gates included, when nothing differs', async () => {
    await go();
    const transport = new FolderTransport(folder);
    await go({ transport });
    expect([...transport.connections.values()].map(({ programs }) => programs.length)).toEqual([1, 1]);
  });

  it('has one exec a node for the changes of a phase, and one for its gates and those that follow', async () => {
    const programs: string[][] = [];
    const ran = (node: string, program: string) => {
      if (node === 'b')
        programs.push([...program.matchAll(/bridgehead_fragment (\S+)/g)].map(([, id]) => id ?? ''));
    };
    await go({ transport: new FolderTransport(folder, { ran }) });
    const second = ['probe.second.step-1', 'when.second.step-2', 'probe.second.step-2'];
    const probes = ['probe.first.step-1', ...second];
    const looks = ['look.worth', 'gate.first.gate-1', 'gate.third.gate-1'];
    expect(programs).toEqual([
      ['guard.lock', ...probes, ...looks, 'guard.look'],
      ['guard.lock', 'guard.disturbed', ...probes],
      ['guard.arm', 'do.first.step-1.0', 'guard.prove', ...probes],
      ['guard.confirm'],
      ['gate.first.gate-1'],
      ['guard.snapshot', 'do.second.step-1.0', ...second],
      ['gate.third.gate-1', 'guard.release'],
    ]);
  });

  it('reads a node again that another run has had between the first look and the first change', async () => {
    const ran = (node: string, program: string) => {
      if (node !== 'a' || !program.includes('look.worth')) return;
      writeFileSync(path('one.a'), '');
      writeFileSync(join(folder, 'guard-a/lock.old'), 'run=another\n');
    };
    expect(await go({ transport: new FolderTransport(folder, { ran }), phases: ['first'] })).toMatchObject({
      exit: 0,
    });
    expect(outcomes()).toEqual(['first go 1']);
  });

  it('reads a node again that another run has had while it was looked at', async () => {
    const once = `[ -e ${path('came')} ] || [ $BRIDGEHEAD_NODE = b ] || { touch ${path('came')}; echo run=another >"$BRIDGEHEAD_FAKE/lock.old"; }`;
    const transport = new FolderTransport(folder);
    const changed = playbook();
    const [first] = changed.phases;
    const steps = first?.steps.map((step) => ({ ...step, params: { check: once, run: 'false' } }));
    const phases = [{ name: 'first', gates: [], ...first, steps: steps ?? [] }];
    expect(await go({ transport, playbook: { ...changed, phases } })).toMatchObject({ exit: 0 });
    expect(outcomes()).toEqual(['first go 0']);
    expect(ofType('lock-taken').map(({ node }) => node)).toEqual(['a']);
    expect([...transport.connections.values()].map(({ programs }) => programs.length)).toEqual([3, 2]);
  });

  it('halts on the first STOP and touches nothing after it', async () => {
    expect(await go({ playbook: playbook({ gate: 'no-such-command' }) })).toMatchObject({ exit: 3 });
    expect(outcomes()).toEqual(['first stop 2']);
    expect(existsSync(path('two'))).toBe(false);
  });

  it('names the node, phase and step of a failure, and keeps the other node’s changes', async () => {
    const transport = new FolderTransport(folder);
    const failing = playbook({
      run: `test $BRIDGEHEAD_NODE = a || { echo out of luck >&2; exit 9; }; touch ${path('one')}.a`,
    });
    expect(await go({ playbook: failing, transport })).toMatchObject({ exit: 7 });
    expect(ofType('step-failed').map(({ error }) => error)).toEqual([
      expect.objectContaining({
        code: 'E_STEP',
        node: 'b',
        phase: 'first',
        step: 'one',
        evidence: 'out of luck',
      }),
    ]);
    expect(ofType('change-done').map(({ node: name }) => name)).toEqual(['a']);
    expect(outcomes()).toEqual(['first failed 1']);
  });

  it('does not believe a script that says it is done and isn’t', async () => {
    expect(await go({ playbook: playbook({ run: 'true' }) })).toMatchObject({ exit: 7 });
    expect(ofType('step-failed')[0]?.error.message).toContain('its check still exits with status 1');
  });

  it('plans again after a round, for a step that another one gave something to do', async () => {
    const chained = (name: string, after: string): Playbook['phases'][number]['steps'][number] => ({
      id: `p.${name}`,
      kind: 'script',
      name,
      on: ['a'],
      params: { check: `test ! -e ${path(after)} || test -e ${path(name)}`, run: `touch ${path(name)}` },
    });
    const first = {
      ...chained('x', 'y'),
      params: { check: `test -e ${path('x')}`, run: `touch ${path('x')}` },
    };
    const one: Playbook = {
      ...playbook(),
      phases: [{ name: 'p', steps: [chained('z', 'x'), first], gates: [] }],
    };
    expect(await go({ playbook: one })).toMatchObject({ exit: 0 });
    expect(existsSync(path('z'))).toBe(true);
    expect(outcomes()).toEqual(['p go 2']);
  });

  it('reports every node that could not be reached and touches none', async () => {
    expect(await go({ transport: new FolderTransport(folder, refusing('a', 'b')) })).toMatchObject({
      exit: 4,
    });
    expect(ofType('node-failed').map(({ node: name }) => name)).toEqual(['a', 'b']);
    expect(await go({ transport: new FolderTransport(folder, refusing('b')) })).toMatchObject({ exit: 4 });
    expect(existsSync(path('one.a'))).toBe(false);
  });

  it('changes only the chosen nodes', async () => {
    await go({ only: ['a'] });
    expect(existsSync(path('one.a'))).toBe(true);
    expect(existsSync(path('one.b'))).toBe(false);
    expect(existsSync(path('two'))).toBe(false);
  });

  it('measures the phases that a single phase relies on, and stops if they don’t hold', async () => {
    expect(await go({ phases: ['third'] })).toMatchObject({ exit: 0 });
    expect(ofType('relied-on').map(({ phase, gate, go: isGo }) => [phase, gate, isGo])).toEqual([
      ['first', 'shell', true],
    ]);
    expect(await go({ phases: ['second'], playbook: playbook({ gate: 'no-such-command' }) })).toMatchObject({
      exit: 3,
    });
    expect(existsSync(path('two'))).toBe(false);
  });

  it('plans without changing, and checks without changing', async () => {
    expect(await go({ command: 'plan' })).toMatchObject({ exit: 0 });
    expect(outcomes()).toEqual(['first planned 2', 'second planned 1', 'third planned 0']);
    expect(await go({ command: 'check' })).toMatchObject({ exit: 0 });
    expect(existsSync(path('one.a')) || existsSync(path('two'))).toBe(false);
  });

  it('shows in a plan what a gate says beforehand, and measures no other', async () => {
    const { phases, ...rest } = playbook();
    const gate = { id: 'first.gate-0', kind: 'pristine', name: 'clean', on: ['all'], params: {} };
    const [first, ...others] = phases;
    if (first === undefined) throw new Error('no phase');
    const before = { ...first, gates: [gate, ...first.gates] };
    await go({ command: 'plan', playbook: { ...rest, phases: [before, ...others] } });
    expect(ofType('gate-ended').map(({ name, phase }) => `${phase}: ${name}`)).toEqual(['first: clean']);
    expect(outcomes()).toEqual(['first planned 2', 'second planned 1', 'third planned 0']);
  });

  it('shows the complete plan before it asks, and changes nothing after a no', async () => {
    let planned = 0;
    await go({
      confirm: async () => {
        planned = ofType('step-planned').flatMap(({ changes }) => changes).length;
        return false;
      },
    });
    expect(planned).toBe(3);
    expect(existsSync(path('one.a'))).toBe(false);
  });

  it('ends interrupted when it is asked to, with the journal closed', async () => {
    const abort = new AbortController();
    abort.abort();
    const transport = new FolderTransport(folder);
    transport.connect = async () => {
      throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
    };
    expect(await go({ signal: abort.signal, transport })).toMatchObject({ exit: 130 });
    expect(events.at(-1)?.type).toBe('run-ended');
  });

  it('finds what playbook and inventory have wrong together before it connects', async () => {
    const transport = new FolderTransport(folder);
    const wrong: Playbook = {
      ...playbook(),
      phases: [
        {
          name: 'x',
          steps: [
            {
              id: 'x.1',
              kind: 'file',
              name: 'f',
              on: ['aa', 'site:hom'],
              params: { path: '/etc/../x', content: '{{ node.nme }}' },
            },
          ],
          gates: [],
        },
      ],
    };
    await expect(go({ playbook: wrong, transport })).rejects.toMatchObject({ code: 'E_INPUT' });
    expect(transport.connections.size).toBe(0);
    expect(events).toEqual([]);
    writeFileSync(path('x'), '');
  });
});
