import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../../src/core/errors.js';
import type { Inventory, Node } from '../../../src/model/inventory.js';
import type { Gate, Playbook, Step } from '../../../src/playbook/types.js';
import { connectAll } from '../../../src/runner/connect.js';
import type { RunEvent, StampedEvent } from '../../../src/runner/events/events.js';
import { makeContext } from '../../../src/runner/make-context.js';
import type { NodeGuard } from '../../../src/runner/round/node-guard.js';
import { type RunRequest, run } from '../../../src/runner/run.js';
import { undoRun } from '../../../src/runner/undo/undo.js';
import { type Faults, FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

const RUN = '20260101-000000-abcdef';
const BEFORE = '20250101-000000-before';
const [plain] = LAN.nodes;
if (!plain) throw new Error('no node');
const node = (name: string, jump?: string): Node => ({
  ...plain,
  name,
  ssh: { ...plain.ssh, host: name, ...(jump !== undefined && { jump }) },
});
const REACHABLE: Gate = {
  id: 'cut.gate-1',
  kind: 'reachable',
  name: 'reachable',
  on: ['all'],
  params: { within: 1 },
};

/** `c` is reached through `b`, and `b` through `a`; `d` stands alone. */
const CHAIN: Inventory = { ...LAN, nodes: [node('a'), node('b', 'a'), node('c', 'b'), node('d')] };

describe('a run that changes what others are reached through', () => {
  let folder: string;
  let events: StampedEvent[];
  let transport: FolderTransport;
  /** Guards in the order in which they came to their end. */
  let ended: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-groups-'));
    events = [];
    ended = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (name: string): string => join(folder, name);
  const change = (on: readonly string[], over: Partial<Step> = {}, code = ''): Step => ({
    id: 'cut.step-1',
    kind: 'script',
    name: 'cut',
    on,
    params: {
      check: `test -e ${path('made')}.$BRIDGEHEAD_NODE`,
      run: `touch ${path('made')}.$BRIDGEHEAD_NODE\n${code}`,
    },
    ...over,
  });
  const isMade = (name: string): boolean =>
    existsSync(path(`made.${name}`)) && existsSync(join(transport.state(name), 'armed'));
  const noLogin = (name: string) =>
    new BridgeheadError('E_SSH_REFUSED', `a does not forward connections to ${name}`, { node: name });
  /** New logins to these fail as long as the change of `by` is there. */
  const cutOff =
    (by: string, ...names: string[]): NonNullable<Faults['connect']> =>
    (name, fresh) => {
      if (fresh && names.includes(name) && isMade(by)) throw noLogin(name);
    };

  const go = async (
    step: Step,
    { faults = {}, gates = [], ...over }: Partial<RunRequest> & { faults?: Faults; gates?: Gate[] } = {},
  ) => {
    const playbook: Playbook = {
      file: path('demo.yaml'),
      name: 'demo',
      phases: [{ name: 'cut', steps: [step], gates }],
    };
    const ran = (name: string, program: string) => {
      const [what] = /guard\.(confirm|revert)\b/.exec(program) ?? [];
      if (what !== undefined) ended.push(`${what.slice('guard.'.length)} ${name}`);
      faults.ran?.(name, program);
    };
    transport = new FolderTransport(folder, { ...faults, ran });
    const { exit } = await run({
      command: 'apply',
      run: RUN,
      inventory: CHAIN,
      playbook,
      phases: [],
      only: [],
      transport,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
      guard: { enabled: true, seconds: 4 },
      patience: { retry: 0.02, revert: 0.3 },
      nodeGuard: fakeGuard,
      ...over,
    });
    return { exit };
  };
  const ofType = <T extends RunEvent['type']>(type: T): Extract<StampedEvent, { type: T }>[] =>
    events.filter((event): event is Extract<StampedEvent, { type: T }> => event.type === type);
  const errors = (): unknown[] =>
    ofType('run-ended').flatMap((event) => event.errors.map((error) => [error.node, error.code]));
  const reverted = (): readonly string[] => ofType('phase-ended')[0]?.nodes?.reverted ?? [];
  /** What the node's own timer does. */
  const fire = (name: string): void => {
    const armed = join(transport.state(name), 'armed');
    if (!existsSync(armed)) return;
    writeFileSync(join(transport.state(name), 'ended'), `reverted ${readFileSync(armed, 'utf8')}`);
    rmSync(armed);
  };

  it('confirms a jump host only after all behind it were logged into again', async () => {
    let before: readonly string[] | undefined;
    const ran = (name: string, program: string) => {
      if (name === 'a' && program.includes('guard.confirm')) before = [...transport.logins];
    };
    expect(await go(change(['a']), { faults: { ran } })).toMatchObject({ exit: 0 });
    expect(before?.filter((login) => login.startsWith('fresh')).sort()).toEqual([
      'fresh a',
      'fresh b',
      'fresh c',
    ]);
    expect(transport.log('a')).toEqual(['arm cut network', 'confirm']);
  });

  it('logs into no more nodes than the one changed if nobody is reached through it', async () => {
    expect(await go(change(['c', 'd']))).toMatchObject({ exit: 0 });
    expect(transport.logins.filter((login) => login.startsWith('fresh')).sort()).toEqual([
      'fresh c',
      'fresh d',
    ]);
  });

  it.each(['b', 'c'])('reverts a jump host through which %s can no longer be reached', async (name) => {
    expect(await go(change(['a']), { faults: { connect: cutOff('a', name) } })).toMatchObject({ exit: 5 });
    expect(transport.log('a')).toEqual(['arm cut network', 'revert']);
    expect(errors()).toEqual([['a', 'E_REVERTED']]);
    const [error] = ofType('run-ended')[0]?.errors ?? [];
    expect(error?.message).toContain(`no new login to ${name} worked through it`);
    expect(error?.evidence).toContain('does not forward connections');
    expect(reverted()).toEqual(['a']);
  });

  it('reverts the complete group, the jump host before the node that is cut off by it', async () => {
    expect(await go(change(['a', 'b']), { faults: { connect: cutOff('a', 'b') } })).toMatchObject({
      exit: 5,
    });
    expect(ended).toEqual(['revert a', 'revert b']);
    expect([...reverted()].sort()).toEqual(['a', 'b']);
    expect(errors()).toEqual([['b', 'E_REVERTED']]);
  });

  it('reverts those that still answer before the nodes that they are reached through', async () => {
    const failing = change(['a', 'b', 'c'], {}, 'test $BRIDGEHEAD_NODE != b || exit 9');
    const guard = { enabled: true, seconds: 60 };
    expect(await go(failing, { guard })).toMatchObject({ exit: 7 });
    expect(ended).toEqual(['revert c', 'revert b', 'revert a']);
    expect(errors()).toEqual([['b', 'E_STEP']]);
    expect([...reverted()].sort()).toEqual(['a', 'b', 'c']);
  });

  it('leaves nodes outside the group alone', async () => {
    const faults = { connect: cutOff('a', 'c') };
    expect(await go(change(['a', 'd']), { faults })).toMatchObject({ exit: 5 });
    expect(transport.log('a')).toEqual(['arm cut network', 'revert']);
    expect(transport.log('d')).toEqual(['arm cut network', 'confirm']);
  });

  it('undoes a confirmed jump host when the guard of a node behind it has fired meanwhile', async () => {
    const connect = (name: string, fresh: boolean) => {
      if (fresh && name === 'b') fire('b');
    };
    expect(await go(change(['a', 'b']), { faults: { connect } })).toMatchObject({ exit: 5 });
    expect(transport.log('a')).toEqual(['arm cut network', 'confirm', `undo ${RUN} cut`]);
    expect([...reverted()].sort()).toEqual(['a', 'b']);
  });

  it('says so when the guard of a node is gone, and undoes the others', async () => {
    const ran = (name: string, program: string) => {
      if (name === 'b' && program.includes('guard.arm')) rmSync(join(transport.state('b'), 'armed'));
    };
    expect(await go(change(['a', 'b']), { faults: { ran } })).toMatchObject({ exit: 4 });
    expect(errors()).toEqual([['b', 'E_GUARD_UNKNOWN']]);
    expect(reverted()).toContain('a');
  });

  it('counts a change whose answer was lost as made if it was made, and confirms the group', async () => {
    let once = true;
    const ran = (name: string, program: string) => {
      if (!once || name !== 'b' || !program.includes('guard.arm')) return;
      once = false;
      throw new BridgeheadError('E_CONNECTION_LOST', 'lost', { node: name });
    };
    expect(await go(change(['a', 'b']), { faults: { ran } })).toMatchObject({ exit: 0 });
    expect([...ended].sort()).toEqual(['confirm a', 'confirm b']);
  });

  it('reverts the group when the run is interrupted while it waits for one', async () => {
    const abort = new AbortController();
    const connect = (name: string, fresh: boolean) => {
      if (!fresh || name !== 'b') return;
      abort.abort();
      throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
    };
    const { exit } = await go(change(['a', 'b']), { faults: { connect }, signal: abort.signal });
    expect(exit).toBe(130);
    expect([...reverted()].sort()).toEqual(['a', 'b']);
    expect([...ended].sort()).toEqual(['revert a', 'revert b']);
  });

  it('reverts the complete group before it fails for its own mistake', async () => {
    const ran = (name: string, program: string) => {
      if (name === 'b' && program.includes('guard.arm')) rmSync(join(transport.state('b'), 'armed'));
    };
    let once = true;
    const nodeGuard: NodeGuard = {
      ...fakeGuard,
      undoFragment: (...asked) => ({
        ...fakeGuard.undoFragment(...asked),
        parse: (reply) => {
          if (once) {
            once = false;
            throw new TypeError('a mistake');
          }
          return fakeGuard.undoFragment(...asked).parse(reply);
        },
      }),
    };
    await expect(go(change(['a', 'b']), { faults: { ran }, nodeGuard })).rejects.toThrow('a mistake');
    expect(transport.log('a').filter((line) => line === `undo ${RUN} cut`)).toHaveLength(2);
  });

  it('says what to undo when a node behind a jump host never answers again', async () => {
    const guard = { enabled: true, seconds: 1 };
    const connect = (name: string, fresh: boolean) => {
      if (fresh && name === 'b') throw noLogin(name);
    };
    const ran = (name: string, program: string) => {
      if (name === 'a' && program.includes('guard.revert')) {
        throw new BridgeheadError('E_CONNECTION_LOST', 'lost', { node: name });
      }
    };
    expect(await go(change(['a', 'b']), { faults: { connect, ran }, guard })).toMatchObject({ exit: 4 });
    const [reported] = ofType('run-ended')[0]?.errors.filter((error) => error.node === 'b') ?? [];
    expect(reported?.fix).toContain('bridgehead undo --only a');
  }, 15_000);

  describe('and leaves the others out', () => {
    it('sees that those behind it are reached nevertheless', async () => {
      const faults = { connect: cutOff('a', 'b') };
      expect(await go(change(['a']), { faults, only: ['a'] })).toMatchObject({ exit: 5 });
      expect(reverted()).toEqual(['a']);
    });

    it('does not wait for one that did not answer before', async () => {
      const connect = (name: string) => {
        if (name === 'b' || name === 'c') throw noLogin(name);
      };
      expect(await go(change(['a']), { faults: { connect }, only: ['a'] })).toMatchObject({ exit: 0 });
      expect(ofType('node-left-out').map(({ node: name, error }) => [name, error.message])).toEqual(
        ['b', 'c'].map((name) => [name, expect.stringContaining('did not answer before')]),
      );
    });

    it('waits for one that is as slow as may be', async () => {
      const connect = async (name: string, fresh: boolean, signal?: AbortSignal) => {
        if (name !== 'b') return;
        if (fresh && isMade('a')) throw noLogin('b');
        await sleep(6000, undefined, { signal }).catch(() => {
          throw new BridgeheadError('E_INTERRUPTED', 'interrupted', { node: name });
        });
      };
      expect(await go(change(['a']), { faults: { connect }, only: ['a'] })).toMatchObject({ exit: 5 });
      expect(reverted()).toEqual(['a']);
    }, 20_000);
  });

  it('names what to undo if a node behind another can not be reached from the beginning', async () => {
    const connect = (name: string) => {
      if (name === 'b') throw noLogin(name);
    };
    expect(await go(change(['a']), { faults: { connect } })).toMatchObject({ exit: 4 });
    const [reported] = ofType('run-ended')[0]?.errors ?? [];
    expect(reported?.fix).toBe(
      'b is reached through a: if a run there cut it off, run `bridgehead undo --only a`',
    );
  });

  describe('and is reverted', () => {
    /** `interfaces`: what the run that is reverted had touched on each. */
    const undoing = async (
      nodes: readonly string[],
      faults: Faults = {},
      interfaces: Readonly<Record<string, string>> = {},
    ) => {
      transport = new FolderTransport(folder, faults);
      const context = makeContext({
        run: RUN,
        inventory: CHAIN,
        transport,
        emit: () => undefined,
        signal: new AbortController().signal,
        concurrency: 4,
        chosen: new Set(nodes),
        guard: { enabled: true, seconds: 2 },
        patience: { retry: 0.02, revert: 0.3 },
        nodeGuard: fakeGuard,
      });
      await connectAll(context, { nodes: CHAIN.nodes });
      const kept = nodes.map((name) => {
        const touched = interfaces[name];
        const phase = { phase: 'tunnel', ...(touched !== undefined && { interfaces: [touched] }) };
        return { node: name, runs: [{ run: BEFORE, since: '', undone: false, phases: [phase] }] };
      });
      return undoRun(context, BEFORE, kept);
    };
    const undo = async (...given: Parameters<typeof undoing>) => {
      const results = await undoing(...given);
      return results.map(({ node: name, undone: items, error }) => [
        name,
        items.length > 0,
        error instanceof BridgeheadError ? error.code : error,
      ]);
    };

    it('keeps the undoing only if all behind it can be logged into again', async () => {
      expect(await undo(['a', 'd'])).toEqual([
        ['a', true, undefined],
        ['d', true, undefined],
      ]);
      expect(transport.logins.filter((login) => login.startsWith('fresh')).sort()).toEqual([
        'fresh a',
        'fresh b',
        'fresh c',
        'fresh d',
      ]);
    });

    it('reverts the undoing on all if one is cut off by it', async () => {
      const connect = (name: string, fresh: boolean) => {
        if (fresh && name === 'b' && existsSync(join(transport.state('a'), 'armed'))) throw noLogin(name);
      };
      expect(await undo(['a', 'b'], { connect })).toEqual([
        ['a', false, 'E_REVERTED'],
        ['b', false, 'E_REVERTED'],
      ]);
      expect(transport.log('a').at(-1)).toBe('revert');
      expect(transport.log('b').at(-1)).toBe('revert');
    });

    it('has each node report its own state if another’s undo failed', async () => {
      const ran = (name: string, program: string) => {
        if (name === 'b' && program.includes('guard.arm')) rmSync(join(transport.state('b'), 'armed'));
      };
      const results = await undoing(['a', 'b'], { ran });
      expect(
        results.map(({ node: name, error }) => [
          name,
          error instanceof BridgeheadError && error.details.node,
        ]),
      ).toEqual([
        ['a', 'a'],
        ['b', 'b'],
      ]);
      expect(results[0]?.error).toMatchObject({
        code: 'E_REVERTED',
        details: { evidence: expect.stringMatching(/^b: /) as string },
      });
    });

    describe('if the run had changed a network', () => {
      const SAME = { a: 'wg0', c: 'wg0', d: 'wg0' };
      const shut = (name: string, fresh: boolean) => {
        if (fresh && name === 'd') throw noLogin(name);
      };

      it('keeps the undoing if all its nodes can be logged into again', async () => {
        expect(await undo(['a', 'c', 'd'], {}, SAME)).toEqual(
          ['a', 'c', 'd'].map((name) => [name, true, undefined]),
        );
      });

      it('reverts the undoing on all of them if one can not be logged into', async () => {
        const results = await undo(['a', 'c', 'd'], { connect: shut }, SAME);
        expect(results.map(([name, isUndone]) => [name, isUndone])).toEqual(
          ['a', 'c', 'd'].map((name) => [name, false]),
        );
        expect(results.every(([, , code]) => code !== undefined)).toBe(true);
        for (const name of ['a', 'c']) expect(transport.log(name)).not.toContain('confirm');
        for (const name of ['a', 'c']) expect(transport.log(name).at(-1)).toBe('revert');
      }, 20_000);

      it('keeps it on those of another network', async () => {
        const results = await undo(['a', 'c', 'd'], { connect: shut }, { a: 'wg0', c: 'wg0', d: 'wg1' });
        expect(results.slice(0, 2)).toEqual([
          ['a', true, undefined],
          ['c', true, undefined],
        ]);
        expect(results[2]?.[1]).toBe(false);
      }, 20_000);
    });
  });

  it('logs in again to say that a node is reachable', async () => {
    const unguarded = change(['a'], { guard: false });
    const connect = (name: string, fresh: boolean) => {
      if (fresh && name === 'b') throw noLogin(name);
    };
    expect(await go(unguarded, { faults: { connect }, gates: [REACHABLE] })).toMatchObject({ exit: 3 });
    const [gate] = ofType('gate-ended');
    expect(gate?.findings.filter(({ go: isGo }) => !isGo)).toEqual([
      {
        go: false,
        node: 'b',
        expected: 'a new login after the change',
        seen: 'a does not forward connections to b',
        fix: expect.stringContaining('bridgehead undo --only a') as string,
      },
    ]);
  });

  it('uses the connections that are there if nothing was changed', async () => {
    for (const name of ['a', 'b']) writeFileSync(path(`made.${name}`), '');
    expect(await go(change(['a', 'b']), { gates: [REACHABLE] })).toMatchObject({ exit: 0 });
    expect(transport.logins.sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});
