import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../../src/core/errors.js';
import type { Playbook, Step } from '../../../src/playbook/types.js';
import type { RunEvent, StampedEvent } from '../../../src/runner/events/events.js';
import { thisHost } from '../../../src/runner/locks/holder.js';
import { type RunRequest, run } from '../../../src/runner/run.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';
import { type Faults, FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

const RUN = '20260101-000000-abcdef';
const lost = (node: string) => new BridgeheadError('E_CONNECTION_LOST', 'lost', { node });

describe('a run that could cut SSH', () => {
  let folder: string;
  let events: StampedEvent[];
  let transport: FolderTransport;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-guard-'));
    events = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (name: string): string => join(folder, name);
  const script = (over: Partial<Step> = {}, code = `touch ${path('made')}.$BRIDGEHEAD_NODE`): Step => ({
    id: 'cut.step-1',
    kind: 'script',
    name: 'cut',
    on: ['a'],
    params: { check: `test -e ${path('made')}.$BRIDGEHEAD_NODE`, run: code },
    ...over,
  });
  const playbook = (steps: readonly Step[], gate = 'sh'): Playbook => ({
    file: path('demo.yaml'),
    name: 'demo',
    phases: [
      {
        name: 'cut',
        steps,
        gates: [
          { id: 'cut.gate-1', kind: 'commands', name: 'tools', on: ['all'], params: { names: [gate] } },
        ],
      },
    ],
  });

  const go = async (
    steps: readonly Step[],
    over: Partial<RunRequest> & { faults?: Faults; gate?: string } = {},
  ) => {
    const { faults, gate, ...rest } = over;
    transport = new FolderTransport(folder, faults);
    const { exit } = await run({
      command: 'apply',
      run: RUN,
      inventory: LAN,
      playbook: playbook(steps, gate),
      phases: [],
      only: [],
      transport,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
      guard: { enabled: true, seconds: 4 },
      patience: { retry: 0.02, revert: 0.3 },
      nodeGuard: fakeGuard,
      ...rest,
    });
    return { exit };
  };

  const ofType = <T extends RunEvent['type']>(type: T): Extract<StampedEvent, { type: T }>[] =>
    events.filter((event): event is Extract<StampedEvent, { type: T }> => event.type === type);
  /** Time enough for a busy machine: what fails is reverted by the run, and not by the node. */
  const patient = { guard: { enabled: true, seconds: 60 } };
  const types = (): string[] => events.map(({ type }) => type).filter((type) => /^(guard|lock)-/.test(type));
  const errors = (): string[] => ofType('run-ended').flatMap((event) => event.errors.map(({ code }) => code));
  const lock = (name: string, holder: Record<string, string | number>): void => {
    mkdirSync(transport.state(name), { recursive: true });
    const lines = Object.entries({ user: 'ann', host: 'laptop', pid: 1, since: 'noon', ...holder });
    writeFileSync(
      join(transport.state(name), 'lock'),
      lines.map(([key, value]) => `${key}=${value}\n`).join(''),
    );
  };
  /** What the node's own timer does. */
  const fire = (name: string): void => {
    const state = transport.state(name);
    if (!existsSync(join(state, 'armed'))) return;
    writeFileSync(join(state, 'ended'), `reverted ${readFileSync(join(state, 'armed'), 'utf8')}`);
    rmSync(join(state, 'armed'));
  };

  it('arms before the change, confirms over a new login, and releases the lock', async () => {
    expect(await go([script()])).toMatchObject({ exit: 0 });
    expect(types()).toEqual(['lock-taken', 'guard-armed', 'guard-confirmed']);
    expect(transport.log('a')).toEqual(['arm cut network', 'confirm']);
    expect(transport.logins).toEqual(['a', 'b', 'fresh a']);
    const order = events.map(({ type }) => type);
    expect(order.indexOf('guard-armed')).toBeLessThan(order.indexOf('change-started'));
    expect(transport.isLocked('a')).toBe(false);
  });

  describe('that writes down what it has done', () => {
    const seen: unknown[] = [];
    const commit = async (partial: boolean) => {
      seen.push([partial, transport.isLocked('a'), ofType('run-ended').length]);
    };
    beforeEach(() => void seen.splice(0));

    it.each([
      ['something', 'false'],
      ['nothing', 'true'],
    ])('holds its locks until then, with %s to change', async (_what, check) => {
      const step = {
        ...script(),
        params: { check: `${check} || test -e ${path('made')}.a`, run: `touch ${path('made')}.a` },
      };
      expect(await go([step], { commit })).toMatchObject({ exit: 0 });
      expect(seen).toEqual([[false, true, 0]]);
      expect(transport.isLocked('a')).toBe(false);
    });

    it('does not unless all is GO', async () => {
      expect(await go([script()], { commit, gate: 'no-such-command' })).toMatchObject({ exit: 3 });
      expect(seen).toEqual([]);
    });

    it('ends in the error if that fails', async () => {
      const failing = async () => {
        throw new BridgeheadError('E_STEP', 'the disk is full');
      };
      expect(await go([script()], { commit: failing })).toMatchObject({ exit: 7 });
      expect(errors()).toEqual(['E_STEP']);
      expect(transport.isLocked('a')).toBe(false);
    });
  });

  it('keeps what a harmless change touches, without arming', async () => {
    const file = { path: path('file'), content: 'x\n' };
    expect(await go([{ ...script(), kind: 'file', params: file }])).toMatchObject({ exit: 0 });
    expect(transport.log('a')).toEqual(['snapshot cut']);
    expect(transport.logins).toEqual(['a', 'b']);
  });

  it.each([
    [true, ['arm cut network', 'confirm']],
    [false, ['snapshot cut']],
  ])('does what the playbook says of the guard: %j', async (guard, log) => {
    const file = { path: path('file'), content: 'x\n' };
    const step = guard ? { ...script(), kind: 'file', params: file } : script();
    expect(await go([{ ...step, guard }])).toMatchObject({ exit: 0 });
    expect(transport.log('a')).toEqual(log);
  });

  it('ends in 5 when no new login works, and reports what the node reverted by itself', async () => {
    const connect = (name: string, fresh: boolean) => {
      const hidden = fresh && existsSync(join(transport.state(name), 'armed'));
      if (hidden && ofType('guard-waiting').length > 0) fire(name);
      if (hidden) throw new BridgeheadError('E_SSH_TIMEOUT', `${name} does not answer`, { node: name });
    };
    expect(await go([script()], { faults: { connect } })).toMatchObject({ exit: 5 });
    expect(types()).toEqual(['lock-taken', 'guard-armed', 'guard-waiting', 'guard-reverted']);
    expect(errors()).toEqual(['E_REVERTED']);
    expect(ofType('guard-reverted')[0]).toMatchObject({ node: 'a', by: 'node', reverted: ['file reverted'] });
    expect(ofType('phase-ended')[0]?.nodes).toEqual({
      changed: [],
      untouched: [],
      reverted: ['a'],
      unknown: [],
    });
    expect(transport.isLocked('a')).toBe(false);
  });

  it('leaves unknown what is unknown, and keeps the lock if the guard is unknown', async () => {
    const guard = { enabled: true, seconds: 1 };
    const connect = (name: string, fresh: boolean) => {
      if (fresh) throw new BridgeheadError('E_SSH_TIMEOUT', `${name} does not answer`, { node: name });
    };
    expect(await go([script()], { faults: { connect }, guard })).toMatchObject({ exit: 4 });
    expect(errors()).toEqual(['E_GUARD_UNKNOWN']);
    expect(ofType('phase-ended')[0]?.nodes?.unknown).toEqual(['a']);
    expect(transport.isLocked('a')).toBe(true);
  });

  it('reverts a guarded phase at once when a step of it fails', async () => {
    expect(await go([script({}, 'echo no luck >&2; exit 9')], patient)).toMatchObject({ exit: 7 });
    expect(transport.log('a')).toEqual(['arm cut network', 'revert']);
    expect(ofType('guard-reverted')[0]).toMatchObject({ by: 'run' });
    expect(errors()).toEqual(['E_STEP']);
  });

  it('says so when the changes took longer than the guard waits', async () => {
    const guard = { enabled: true, seconds: 1 };
    expect(await go([script({}, 'exit 143')], { guard })).toMatchObject({ exit: 5 });
    expect(ofType('run-ended')[0]?.errors[0]?.fix).toContain('raise --guard-seconds');
  });

  it('reverts with it what the phase had made before its guard', async () => {
    const file = {
      ...script(),
      id: 'cut.step-0',
      kind: 'file',
      params: { path: path('file'), content: 'x' },
    };
    expect(await go([file, script({}, 'exit 9')], patient)).toMatchObject({ exit: 7 });
    expect(transport.log('a')).toEqual(['snapshot cut', 'arm cut network', 'revert', `undo ${RUN} cut`]);
    expect(ofType('phase-ended')[0]?.nodes?.reverted).toEqual(['a']);
  });

  it('keeps what was made although its answer was lost', async () => {
    let once = true;
    const ran = (node: string, program: string) => {
      if (!once || !program.includes('guard.arm')) return;
      once = false;
      throw lost(node);
    };
    expect(await go([script()], { faults: { ran } })).toMatchObject({ exit: 0 });
    expect(types()).toEqual(['lock-taken', 'guard-armed', 'guard-confirmed']);
  });

  it.each([
    [
      'proves what was made although its answer was lost before that, and confirms over one more login',
      '',
      0,
    ],
    [
      'reverts what was made although its answer was lost, where the next boot would not bear it',
      'sshd is gone',
      5,
    ],
  ])(
    '%s',
    async (_what, why, exit) => {
      const ran = (node: string, program: string) => {
        if (!program.includes('guard.arm')) return;
        rmSync(join(transport.state(node), 'proven'));
        if (why !== '') writeFileSync(join(transport.state(node), 'unproven'), why);
        throw lost(node);
      };
      expect(await go([script()], { faults: { ran } })).toMatchObject({ exit });
      expect(transport.log('a').at(-1)).toBe(exit === 0 ? 'confirm' : 'revert');
      if (exit !== 0)
        expect(ofType('run-ended')[0]?.errors[0]).toMatchObject({ code: 'E_REVERTED', evidence: why });
    },
    15_000,
  );

  it('reverts what was cut off in the middle', async () => {
    const ran = (node: string, program: string) => {
      if (!program.includes('guard.arm')) return;
      rmSync(`${path('made')}.a`);
      throw lost(node);
    };
    expect(await go([script()], { faults: { ran } })).toMatchObject({ exit: 5 });
    expect(transport.log('a')).toEqual(['arm cut network', 'revert']);
    expect(ofType('run-ended')[0]?.errors[0]?.evidence).toContain('lost');
  }, 15_000);

  it('reverts at once what the next boot would not bear, and says why', async () => {
    transport = new FolderTransport(folder);
    mkdirSync(transport.state('a'), { recursive: true });
    writeFileSync(join(transport.state('a'), 'unproven'), 'sshd would listen on loopback alone');
    expect(await go([script()])).toMatchObject({ exit: 5 });
    expect(ofType('run-ended')[0]?.errors).toMatchObject([
      { code: 'E_REVERTED', node: 'a', evidence: 'sshd would listen on loopback alone' },
    ]);
    expect(types()).not.toContain('guard-confirmed');
    expect(transport.log('a').slice(-1)).toEqual(['revert']);
  });

  it('refuses if there can be no guard, unless the risk is taken', async () => {
    transport = new FolderTransport(folder);
    mkdirSync(transport.state('a'), { recursive: true });
    writeFileSync(join(transport.state('a'), 'no-guard'), '');
    expect(await go([script()])).toMatchObject({ exit: 7 });
    expect(errors()).toEqual(['E_NO_GUARD']);
    expect(existsSync(`${path('made')}.a`)).toBe(false);
    expect(ofType('phase-ended')[0]?.nodes?.untouched).toEqual(['a']);
    expect(await go([script()], { guard: { enabled: false, seconds: 1 } })).toMatchObject({ exit: 0 });
    expect(transport.log('a')).toEqual(['snapshot cut']);
  });

  it('reverts the change and releases the lock when it is interrupted', async () => {
    const abort = new AbortController();
    const ran = (_node: string, program: string) => {
      if (!program.includes('guard.arm')) return;
      abort.abort();
      throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
    };
    expect(
      await go([script()], { faults: { ran: (node, program) => ran(node, program) }, signal: abort.signal }),
    ).toMatchObject({
      exit: 130,
    });
    expect(transport.log('a')).toEqual(['arm cut network', 'revert']);
    expect(transport.isLocked('a')).toBe(false);
    expect(ofType('phase-ended')[0]?.nodes?.reverted).toEqual(['a']);
  });

  it('locks nothing for a plan, a check, or a node with nothing to change', async () => {
    for (const command of ['plan', 'check'] as const) await go([script()], { command });
    expect(types()).toEqual([]);
    await go([script()]);
    expect(ofType('lock-taken').map(({ node }) => node)).toEqual(['a']);
  });

  describe('and finds a node locked', () => {
    beforeEach(() => {
      transport = new FolderTransport(folder);
    });
    const both = () => [script({ on: ['a', 'b'] })];

    it('says by whom, ends in 6, touches nothing, and lets go of the others', async () => {
      lock('a', { run: '20250101-000000-older' });
      expect(await go(both())).toMatchObject({ exit: 6 });
      expect(ofType('node-failed')[0]?.error.message).toBe(
        'a is locked by run 20250101-000000-older of ann@laptop (pid 1), since noon',
      );
      expect(existsSync(`${path('made')}.b`)).toBe(false);
      expect([transport.isLocked('a'), transport.isLocked('b')]).toEqual([true, false]);
    });

    it('waits for a younger run, which releases its locks if it can’t get all of them', async () => {
      const [network] = homeMesh.networks;
      if (!network) throw new Error('no network');
      const members = ['a', 'b'].map((name) => ({ node: name, addresses: [] }));
      const notYetUp = { ...LAN, networks: [{ ...network, interface: 'absent0', members }] };
      lock('a', { run: '20270101-000000-younger' });
      // It goes once it was seen to hold the node.
      let isHeld = true;
      const ran = (node: string) => {
        if (node !== 'a' || !isHeld) return;
        isHeld = false;
        rmSync(join(transport.state('a'), 'lock'));
      };
      expect(await go(both(), { inventory: notYetUp, faults: { ran } })).toMatchObject({ exit: 0 });
      expect(ofType('lock-taken').map(({ node }) => node)).toEqual(['b', 'a']);
    });

    it('waits for it if it may, says so, and reads the nodes again before it changes anything', async () => {
      lock('a', { run: '20250101-000000-older' });
      let looks = 0;
      const ran = (node: string, program: string) => {
        if (node !== 'a' || !program.includes('guard.look') || program.includes('look.worth')) return;
        looks += 1;
        if (looks !== 1) return;
        // It was seen to hold the node once more; now it makes the change, and is over.
        writeFileSync(`${path('made')}.a`, '');
        rmSync(join(transport.state('a'), 'lock'));
      };
      expect(await go(both(), { faults: { ran }, patience: { lock: 30 } })).toMatchObject({ exit: 0 });
      const at = { nodes: ['a'] };
      expect(ofType('lock-waiting')).toMatchObject([
        { ...at, holder: 'run 20250101-000000-older of ann@laptop (pid 1), since noon', seconds: 30 },
      ]);
      expect(ofType('lock-waited')).toMatchObject([at]);
      expect(ofType('change-done').map(({ node }) => node)).toEqual(['b']);
      expect([transport.isLocked('a'), transport.isLocked('b')]).toEqual([false, false]);
    });

    it('changes nothing if what it is to apply is out of date once it has waited', async () => {
      lock('a', { run: '20250101-000000-older' });
      const ran = (node: string, program: string) => {
        if (node !== 'a' || !program.includes('guard.look') || program.includes('look.worth')) return;
        rmSync(join(transport.state('a'), 'lock'), { force: true });
      };
      let calls = 0;
      const afterLock = async (waited: boolean) => {
        calls += 1;
        expect(waited).toBe(true);
        throw new BridgeheadError('E_USAGE', 'the inventory was changed');
      };
      expect(await go(both(), { faults: { ran }, patience: { lock: 30 }, afterLock })).toMatchObject({
        exit: 2,
      });
      expect(calls).toBe(1);
      expect(existsSync(`${path('made')}.a`)).toBe(false);
      expect([transport.isLocked('a'), transport.isLocked('b')]).toEqual([false, false]);
    });

    it('changes nothing if that is out of date although it never had to wait', async () => {
      const waits: boolean[] = [];
      const afterLock = async (waited: boolean) => {
        waits.push(waited);
        throw new BridgeheadError('E_USAGE', 'the inventory was changed');
      };
      expect(await go(both(), { afterLock })).toMatchObject({ exit: 2 });
      expect(waits).toEqual([false]);
      expect(existsSync(`${path('made')}.a`)).toBe(false);
      expect([transport.isLocked('a'), transport.isLocked('b')]).toEqual([false, false]);
    });

    it('waits no longer than it may', async () => {
      lock('a', { run: '20250101-000000-older' });
      expect(await go(both(), { patience: { lock: 1 } })).toMatchObject({ exit: 6 });
      expect(ofType('run-ended')[0]?.errors).toMatchObject([{ evidence: 'waited 1 s for it' }]);
      expect(existsSync(`${path('made')}.b`)).toBe(false);
      expect([transport.isLocked('a'), transport.isLocked('b')]).toEqual([true, false]);
    });

    it('takes over from a run of this machine whose process is gone', async () => {
      const host = thisHost();
      lock('a', { run: '20250101-000000-dead', host, pid: 4194303 });
      writeFileSync(join(transport.state('a'), 'ended'), 'reverted 20250101-000000-dead cut');
      const { exit } = await go(both());
      // Without its own id, a machine can't be distinguished from others with its name.
      expect(exit).toBe(host.includes('#') ? 0 : 6);
      if (exit !== 0) return;
      expect(ofType('lock-taken').find(({ node }) => node === 'a')?.from).toContain('20250101-000000-dead');
      expect(ofType('guard-reverted')[0]).toMatchObject({ earlier: '20250101-000000-dead', by: 'node' });
    });

    it('never takes over from a live process, nor if another machine has armed a guard', async () => {
      lock('a', { run: '20250101-000000-live', host: thisHost(), pid: process.pid });
      expect(await go(both())).toMatchObject({ exit: 6 });
      lock('a', { run: '20250101-000000-far' });
      writeFileSync(join(transport.state('a'), 'armed'), '20250101-000000-far cut\n');
      expect(await go(both())).toMatchObject({ exit: 6 });
      expect(ofType('run-ended').at(-1)?.errors[0]?.fix).toContain(
        'wait until that change is confirmed or reverted',
      );
    });

    it('has the armed change of a dead run of this machine reverted at once, and reports it', async () => {
      const host = thisHost();
      lock('a', { run: '20250101-000000-dead', host, pid: 4194303 });
      writeFileSync(join(transport.state('a'), 'armed'), '20250101-000000-dead cut\n');
      const { exit } = await go(both());
      expect(exit).toBe(host.includes('#') ? 0 : 6);
      if (exit !== 0) return;
      expect(transport.log('a')[0]).toBe('revert');
      expect(ofType('guard-reverted')[0]).toMatchObject({ earlier: '20250101-000000-dead' });
    });
  });

  it('reverts the changed nodes of a phase with --rollback-phase, and names each', async () => {
    const failing = script({ on: ['a', 'b'] }, `test $BRIDGEHEAD_NODE = a; touch ${path('made')}.a`);
    expect(await go([failing], { ...patient, rollbackPhase: true })).toMatchObject({ exit: 7 });
    expect(ofType('phase-ended')[0]?.nodes).toEqual({
      changed: [],
      untouched: [],
      reverted: ['b', 'a'],
      unknown: [],
    });
    expect(transport.log('a')).toEqual(['arm cut network', 'confirm', `undo ${RUN} cut`]);
    expect(transport.log('b')).toEqual(['arm cut network', 'revert']);
  });

  it('names the changed nodes of a phase that a gate stops, and reverts them when asked to', async () => {
    expect(await go([script()], { gate: 'no-such-command' })).toMatchObject({ exit: 3 });
    expect(ofType('phase-ended')[0]?.nodes).toMatchObject({ changed: ['a'], untouched: [] });
    rmSync(`${path('made')}.a`);
    events = [];
    expect(await go([script()], { gate: 'no-such-command', rollbackPhase: true })).toMatchObject({ exit: 3 });
    expect(ofType('phase-ended')[0]?.nodes).toMatchObject({ changed: [], reverted: ['a'] });
  });
});
