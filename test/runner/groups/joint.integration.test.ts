import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../../src/core/errors.js';
import { RunSecrets } from '../../../src/layers/pair-secrets.js';
import type { StepContext, StepKind } from '../../../src/layers/step.js';
import type { Inventory } from '../../../src/model/inventory.js';
import type { Step } from '../../../src/playbook/types.js';
import { connectAll } from '../../../src/runner/connect.js';
import { makeContext } from '../../../src/runner/make-context.js';
import { planSteps } from '../../../src/runner/plan/planned.js';
import { probeSteps } from '../../../src/runner/plan/probe.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { applyPhase } from '../../../src/runner/round/apply.js';
import { type Faults, FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

const RUN = '20260101-000000-abcdef';
const [plain] = LAN.nodes;
if (!plain) throw new Error('no node');
const NAMES = ['a', 'b', 'c', 'd'];
interface Reached {
  readonly jump?: string;
  /** By name, where a node is dialled. */
  readonly hosts?: Readonly<Record<string, string>>;
}
/** `jump`: the node through which `b` and `c` are reached. */
const net = ({ jump, hosts = {} }: Reached): Inventory => ({
  ...LAN,
  nodes: NAMES.map((name) => {
    const isBehind = jump !== undefined && 'bc'.includes(name);
    return { ...plain, name, ssh: { ...plain.ssh, host: hosts[name] ?? name, ...(isBehind && { jump }) } };
  }),
});
const STEP: Step = { id: 'tunnel.step-1', kind: 'tunnel', name: 'tunnel', on: ['all'], params: {} };

describe('changes that are of use only together', () => {
  let folder: string;
  let transport: FolderTransport;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-joint-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const made = (name: string): string => join(folder, `made.${name}`);
  /** What happens in the run, for changes that wait for it. */
  const mark = (what: string): void => writeFileSync(join(folder, what), '');
  const after = (what: string | undefined): string =>
    what === undefined
      ? ''
      : `tries=0; until [ -e ${join(folder, what)} ] || [ $((tries += 1)) -gt 300 ]; do sleep 0.02; done\n`;

  interface Changes {
    readonly failing: string;
    readonly guarded: boolean;
    /** Whose changes are of use only together. */
    readonly joint: readonly string[];
    /** By name, the mark that the node's change waits for. */
    readonly waits: Readonly<Record<string, string>>;
    /** Addresses of a network that is to be retired on `a` and `b`. */
    readonly former: readonly string[];
  }
  const kind = ({ failing, guarded, joint, waits, former }: Changes): StepKind => ({
    kind: 'tunnel',
    schema: {},
    probe: ({ node }) => ({
      script: `[ -e ${made(node.name)} ] && echo yes || echo no`,
      parse: ({ stdout }) => stdout.trim(),
    }),
    formerAddresses: ({ node: { name } }) =>
      new Map('ab'.includes(name) && former.length > 0 ? [['old', former]] : []),
    plan: ({ node: { name } }, seen) =>
      seen === 'yes'
        ? []
        : [
            {
              summary: 'move it',
              disruption: { level: 'none' },
              script: `${after(waits[name])}${name === failing ? 'exit 9' : `touch ${made(name)}`}`,
              guarded,
              touches: { network: true },
              ...(joint.includes(name) && { joint: 'wg' }),
            },
          ],
  });

  const apply = async (
    failing: string,
    over: Partial<Changes> & {
      keepChanged?: boolean;
      concurrency?: number;
      faults?: Faults;
      signal?: AbortSignal;
    } & Reached = {},
  ) => {
    const { keepChanged = false, guarded = true, concurrency = 4, faults = {} } = over;
    const { signal = new AbortController().signal } = over;
    const { joint = ['a', 'b', 'c'], waits = {}, former = [] } = over;
    const inventory = net(over);
    transport = new FolderTransport(folder, {
      ...faults,
      ran: (name, program) => {
        faults.ran?.(name, program);
        for (const what of ['arm', 'confirm']) if (program.includes(`guard.${what}`)) mark(`${what}.${name}`);
      },
    });
    const context = makeContext({
      run: RUN,
      inventory,
      transport,
      emit: (event) => {
        if (event.type === 'step-failed') mark(`failed.${event.node}`);
      },
      signal,
      concurrency,
      chosen: new Set(NAMES),
      // Only where a login is refused is it waited for.
      guard: { enabled: true, seconds: faults.connect === undefined ? 60 : 4 },
      patience: { retry: 0.02, revert: 0.3 },
      nodeGuard: fakeGuard,
    });
    await connectAll(context, { nodes: inventory.nodes });
    const works = inventory.nodes.map((node): StepWork => {
      const own: StepContext<unknown> = {
        params: {},
        node,
        inventory,
        networks: [],
        folder,
        values: new Map(),
        secrets: new RunSecrets(),
      };
      return {
        phase: 'tunnel',
        step: STEP,
        kind: kind({ failing, guarded, joint, waits, former }),
        node,
        context: own,
      };
    });
    await probeSteps(context, { works, locking: new Set() });
    const planned = planSteps(context, works);
    const { errors, nodes } = await applyPhase(context, { planned, later: [], keepChanged });
    return {
      errors: errors.map((error) =>
        error instanceof BridgeheadError ? `${error.details.node} ${error.code}` : error,
      ),
      changed: nodes.changed.toSorted(),
      reverted: nodes.reverted.toSorted(),
    };
  };

  it('are confirmed on all, once all were logged into again', async () => {
    const logins: string[][] = [];
    const ran = (_name: string, program: string) => {
      if (program.includes('guard.confirm')) logins.push([...transport.logins]);
    };
    expect(await apply('nobody', { faults: { ran } })).toEqual({ errors: [], changed: NAMES, reverted: [] });
    const joint = logins.filter((before) =>
      ['a', 'b', 'c'].every((name) => before.includes(`fresh ${name}`)),
    );
    expect(joint.length).toBeGreaterThanOrEqual(3);
  });

  it('are reverted on all when one fails, and leave others alone', async () => {
    expect(await apply('b')).toMatchObject({ errors: ['b E_STEP'], reverted: ['a', 'b', 'c'] });
    for (const name of ['a', 'c']) expect(transport.log(name)).toEqual(['arm tunnel network', 'revert']);
    expect(transport.log('d')).not.toContain('revert');
  });

  it('are reverted on all when one can not be logged into any more', async () => {
    const connect = (name: string, fresh: boolean) => {
      if (fresh && name === 'c')
        throw new BridgeheadError('E_SSH_TIMEOUT', 'c does not answer', { node: 'c' });
    };
    const { errors, reverted, changed } = await apply('nobody', { faults: { connect } });
    expect([errors, reverted, changed]).toEqual([[expect.stringMatching(/^c E_/)], ['a', 'b'], ['d']]);
  });

  it('stay if requested', async () => {
    expect(await apply('c', { keepChanged: true })).toEqual({
      errors: ['c E_STEP'],
      changed: ['a', 'b', 'd'],
      reverted: ['c'],
    });
  });

  it.each([
    ['more than can be worked on at once have been confirmed', { concurrency: 2 }],
    ['nothing is guarded', { guarded: false }],
  ])('are reverted from the snapshots where %s', async (_when, over) => {
    const { errors, reverted } = await apply('c', over);
    expect(errors).toEqual(['c E_STEP']);
    expect(reverted).toEqual(expect.arrayContaining(['a', 'b']));
    expect(transport.log('a').at(-1)).toBe(`undo ${RUN} tunnel`);
  });

  describe('and somebody else fails meanwhile', () => {
    it('are begun on all or on none', async () => {
      const waits = { a: 'failed.d', b: 'failed.d' };
      const { errors, changed, reverted } = await apply('d', { concurrency: 3, waits });
      expect([errors, changed, reverted]).toEqual([['d E_STEP'], [], ['d']]);
      expect(['a', 'b', 'c'].map((name) => transport.log(name))).toEqual([[], [], []]);
    });

    it('are confirmed if all were started already', async () => {
      const waits = { a: 'failed.d', b: 'failed.d', c: 'failed.d' };
      const { errors, changed, reverted } = await apply('d', { waits });
      expect([errors, changed, reverted]).toEqual([['d E_STEP'], ['a', 'b', 'c'], ['d']]);
    });

    it('are reverted if they could not be confirmed together', async () => {
      const waits = { d: 'confirm.a', b: 'failed.d' };
      const { errors, changed, reverted } = await apply('d', { concurrency: 2, waits });
      expect([errors, changed, reverted]).toEqual([['d E_STEP'], [], ['a', 'b', 'd']]);
      expect(transport.log('a').at(-1)).toBe(`undo ${RUN} tunnel`);
    });

    it('are reverted if that one is in the group, and the last of them was not started', async () => {
      const over = { concurrency: 2, joint: ['b', 'c'], jump: 'a', waits: { b: 'arm.a' } };
      const { errors, changed, reverted } = await apply('a', over);
      expect([errors, changed, reverted]).toEqual([['a E_STEP'], ['d'], ['a', 'b']]);
      expect(transport.log('b')).toEqual(['arm tunnel network', 'revert']);
      expect(transport.log('c')).toEqual([]);
    });
  });

  it('are those of nodes that carry each other in a network that is retired', async () => {
    const connect = (name: string, fresh: boolean) => {
      if (fresh && name === 'b' && transport.log('a').at(-1) !== 'revert')
        throw new BridgeheadError('E_SSH_TIMEOUT', 'b does not answer', { node: 'b' });
    };
    const retired = { hosts: { b: '192.0.2.2' }, former: ['192.0.2.1', '192.0.2.2'], joint: [] };
    const { errors, changed, reverted } = await apply('nobody', { faults: { connect }, ...retired });
    expect([errors, changed, reverted]).toEqual([['b E_REVERTED'], ['c', 'd'], ['a', 'b']]);
  });

  it('are reverted if the run is interrupted before all of them were confirmed', async () => {
    const abort = new AbortController();
    const ran = (name: string, program: string) => {
      if (name === 'a' && program.includes('guard.confirm')) abort.abort();
    };
    const { changed } = await apply('nobody', { concurrency: 1, faults: { ran }, signal: abort.signal });
    expect(changed).not.toContain('a');
    expect(transport.log('a').at(-1)).toBe(`undo ${RUN} tunnel`);
  });

  it('leave no guard waiting for a node that is none of theirs', async () => {
    const done: string[] = [];
    const ran = (name: string, program: string) => {
      const [what] = /guard\.(arm|confirm)\b/.exec(program) ?? [];
      if (what !== undefined) done.push(`${what} ${name}`);
    };
    expect((await apply('nobody', { concurrency: 3, faults: { ran } })).changed).toEqual(NAMES);
    expect(done.slice(0, 2)).toEqual(['guard.arm d', 'guard.confirm d']);
  });
});
