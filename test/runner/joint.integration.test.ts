import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../src/errors.js';
import type { Step } from '../../src/playbook/types.js';
import { applyPhase } from '../../src/runner/apply.js';
import { connectAll } from '../../src/runner/connect.js';
import { makeContext } from '../../src/runner/make-context.js';
import { planSteps } from '../../src/runner/planned.js';
import { probeSteps } from '../../src/runner/probe.js';
import type { StepWork } from '../../src/runner/work.js';
import { RunSecrets } from '../../src/steps/pair-secrets.js';
import type { StepContext, StepKind } from '../../src/steps/types.js';
import { type Faults, FolderTransport, LAN } from '../support/folder-nodes.js';
import { fakeGuard } from '../support/node-guard.js';

const RUN = '20260101-000000-abcdef';
const [plain] = LAN.nodes;
if (!plain) throw new Error('no node');
const NAMES = ['a', 'b', 'c', 'd'];
const NET = { ...LAN, nodes: NAMES.map((name) => ({ ...plain, name, ssh: { ...plain.ssh, host: name } })) };
const STEP: Step = { id: 'tunnel.step-1', kind: 'tunnel', name: 'tunnel', on: ['all'], params: {} };

describe('changes that are of use only together', () => {
  let folder: string;
  let transport: FolderTransport;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-joint-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const made = (name: string): string => join(folder, `made.${name}`);
  /** `d`'s change is of use by itself. */
  const kind = (failing: string, guarded: boolean): StepKind => ({
    kind: 'tunnel',
    schema: {},
    probe: ({ node }) => `[ -e ${made(node.name)} ] && echo yes || echo no`,
    parse: (_context, { stdout }) => stdout.trim(),
    plan: ({ node: { name } }, seen) =>
      seen === 'yes'
        ? []
        : [
            {
              summary: 'move it',
              disruption: { level: 'none' },
              script: name === failing ? 'exit 9' : `touch ${made(name)}`,
              guarded,
              touches: { network: true },
              ...(name !== 'd' && { joint: 'wg' }),
            },
          ],
  });

  const apply = async (
    failing: string,
    over: { keepChanged?: boolean; guarded?: boolean; concurrency?: number; faults?: Faults } = {},
  ) => {
    const { keepChanged = false, guarded = true, concurrency = 4, faults = {} } = over;
    transport = new FolderTransport(folder, faults);
    const context = makeContext({
      run: RUN,
      inventory: NET,
      transport,
      emit: () => undefined,
      signal: new AbortController().signal,
      concurrency,
      chosen: new Set(NAMES),
      guard: { enabled: true, seconds: 4 },
      patience: { retry: 0.02, revert: 0.3 },
      nodeGuard: fakeGuard,
    });
    await connectAll(context, { nodes: NET.nodes });
    const works = NET.nodes.map((node): StepWork => {
      const own: StepContext<unknown> = {
        params: {},
        node,
        inventory: NET,
        networks: [],
        folder,
        secrets: new RunSecrets(),
      };
      return { phase: 'tunnel', step: STEP, kind: kind(failing, guarded), node, context: own };
    });
    await probeSteps(context, { works, locking: new Set() });
    const planned = planSteps(context, works);
    const { errors, nodes } = await applyPhase(context, { planned, later: [], keepChanged });
    return {
      errors: errors.map((error) =>
        error instanceof BridgeheadError ? `${error.details.node} ${error.code}` : error,
      ),
      changed: nodes.changed.toSorted(),
      undone: nodes.undone.toSorted(),
    };
  };

  it('are confirmed on all, once all were logged into anew', async () => {
    const logins: string[][] = [];
    const ran = (_name: string, program: string) => {
      if (program.includes('guard.confirm')) logins.push([...transport.logins]);
    };
    expect(await apply('nobody', { faults: { ran } })).toEqual({ errors: [], changed: NAMES, undone: [] });
    const joint = logins.filter((before) =>
      ['a', 'b', 'c'].every((name) => before.includes(`fresh ${name}`)),
    );
    expect(joint.length).toBeGreaterThanOrEqual(3);
  });

  it('are reverted on all when one fails, and leave others alone', async () => {
    expect(await apply('b')).toMatchObject({ errors: ['b E_STEP'], undone: ['a', 'b', 'c'] });
    for (const name of ['a', 'c']) expect(transport.log(name)).toEqual(['arm tunnel network', 'revert']);
    expect(transport.log('d')).not.toContain('revert');
  });

  it('are reverted on all when one can not be logged into any more', async () => {
    const connect = (name: string, fresh: boolean) => {
      if (fresh && name === 'c')
        throw new BridgeheadError('E_SSH_TIMEOUT', 'c does not answer', { node: 'c' });
    };
    const { errors, undone, changed } = await apply('nobody', { faults: { connect } });
    expect([errors, undone, changed]).toEqual([[expect.stringMatching(/^c E_/)], ['a', 'b'], ['d']]);
  });

  it('stay where that is wanted', async () => {
    expect(await apply('c', { keepChanged: true })).toEqual({
      errors: ['c E_STEP'],
      changed: ['a', 'b', 'd'],
      undone: ['c'],
    });
  });

  it.each([
    ['more than can be worked on at once have been confirmed', { concurrency: 2 }],
    ['nothing is guarded', { guarded: false }],
  ])('are undone from the snapshots where %s', async (_when, over) => {
    const { errors, undone } = await apply('c', over);
    expect(errors).toEqual(['c E_STEP']);
    expect(undone).toEqual(expect.arrayContaining(['a', 'b']));
    expect(transport.log('a').at(-1)).toBe(`undo ${RUN} tunnel`);
  });
});
