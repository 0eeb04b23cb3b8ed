import { BridgeheadError } from '../../../src/core/errors.js';
import type { Change, StepKind } from '../../../src/layers/step.js';
import { PATIENCE } from '../../../src/runner/patience.js';
import { probeOf } from '../../../src/runner/plan/node-probe.js';
import { planSteps } from '../../../src/runner/plan/planned.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { applyPhase } from '../../../src/runner/round/apply.js';
import {
  type Answer,
  AnsweringNodes,
  type Asked,
  answering,
  inventoryOf,
  RUN,
  stageOf,
} from '../../support/answering-nodes.js';

const node = answering('a');
const inventory = inventoryOf(node);
const lost = new BridgeheadError('E_CONNECTION_LOST', 'lost', { node: 'a' });
const CUT: Change = { summary: 'cut', disruption: { level: 'none' }, script: 'cut', guarded: true };
const WRITE: Change = { ...CUT, summary: 'write', guarded: false, touches: { files: ['/etc/x'] } };

const workOf = (changes: readonly Change[]): StepWork => {
  const kind: StepKind<unknown, string> = {
    kind: 'demo',
    schema: {},
    probe: () => ({ script: ':', parse: ({ stdout }) => stdout }),
    plan: (_context, seen) => (seen === 'done' ? [] : changes),
  };
  return {
    phase: 'cut',
    kind: kind as StepKind,
    node,
    step: { id: 'cut.1', kind: 'demo', name: 'cut it', on: ['a'], params: {} },
    context: {
      params: {},
      node,
      inventory,
      networks: [],
      folder: '/',
      values: new Map(),
      secrets: { made: () => undefined, read: () => undefined },
    },
  };
};

const where = (state: string, phase = 'cut') => `@guard ${state}\n@run ${RUN}\n@phase ${phase}\n`;
const WELL: Readonly<Record<string, Answer>> = {
  'guard.arm': '@armed 1 systemd 90\n',
  'guard.prove': '@proven yes\n',
  'probe.cut.1': 'done',
  'guard.confirm': where('confirmed'),
  'guard.state': `${where('armed')}@proven yes\n`,
  'guard.revert': where('reverted'),
  'guard.undo': '@undo done\n@reverted file reverted: /etc/x\n',
};
const MADE = ['guard.arm', 'do.cut.1.0', 'guard.prove', 'probe.cut.1'];

interface Options {
  readonly changes?: readonly Change[];
  readonly interruptAt?: string;
  readonly over?: Parameters<typeof stageOf>[2];
}

/** Answers by fragment; several are given one after the other, the last of them for good. */
async function applied(
  answers: Readonly<Record<string, Answer | readonly Answer[]>> = {},
  { changes = [CUT], interruptAt, over }: Options = {},
) {
  const turns = new Map<string, number>();
  let interrupt = (): void => undefined;
  const nodes = new AnsweringNodes(({ id }: Asked): Answer => {
    if (id === interruptAt) interrupt();
    const own = answers[id];
    const turn = turns.get(id) ?? 0;
    turns.set(id, turn + 1);
    const one = Array.isArray(own) ? own[Math.min(turn, own.length - 1)] : own;
    return (one as Answer | undefined) ?? WELL[id] ?? '';
  });
  const stage = await stageOf(nodes, inventory, over);
  ({ interrupt } = stage);
  const work = workOf(changes);
  const first = { id: 'probe.cut.1', code: 0, stdout: 'not yet', stderr: '' };
  stage.context.observations.record(probeOf([work]), new Map([['probe.cut.1', first]]));
  const {
    changes: count,
    errors,
    nodes: fates,
  } = await applyPhase(stage.context, {
    planned: planSteps(stage.context, [work]),
    later: [],
    keepChanged: false,
  });
  const [fate] = Object.entries(fates).flatMap(([name, all]) => (all.includes('a') ? [name] : []));
  const asked = nodes.asked.map((one) => one.replace('a: ', ''));
  return { ...stage, asked, logins: nodes.logins, count, errors, fate };
}

describe('a guarded change on one node', () => {
  it('costs one exec, one login and a confirmation', async () => {
    const { fate, asked, logins, count, events, context } = await applied();
    expect([fate, count]).toEqual(['changed', 1]);
    expect(asked).toEqual([...MADE, 'guard.confirm']);
    expect(logins).toEqual(['fresh a']);
    expect(events.map(({ type }) => type)).toEqual([
      'guard-armed',
      'change-started',
      'change-done',
      'guard-confirmed',
    ]);
    expect(context.armedNodes.size).toBe(0);
  });

  it('is reverted over the connection that is there when a step fails, without a login', async () => {
    const { fate, asked, logins, errors, events } = await applied({
      'do.cut.1.0': { code: 1, stderr: 'no such device' },
    });
    expect([fate, logins]).toEqual(['reverted', []]);
    expect(asked).toEqual(['guard.arm', 'do.cut.1.0', 'guard.revert']);
    expect(errors).toMatchObject([{ code: 'E_STEP', details: { node: 'a', evidence: 'no such device' } }]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'guard-reverted', by: 'run' }));
  });

  it('says in words that something on the node ended it', async () => {
    const ended = async (code: number, stderr = 'Terminated') => {
      const { errors } = await applied({ 'do.cut.1.0': { code, stderr } });
      return (errors as readonly BridgeheadError[]).map(({ message }) => message);
    };
    expect(await ended(143)).toEqual([expect.stringMatching(/^could not cut: .*shutting down$/)]);
    const canceled = expect.stringMatching(/^could not cut: systemd canceled it .*shutting down$/);
    expect(await ended(1, 'Job for wg-quick@wg0.service canceled.\n')).toEqual([canceled]);
    const destructive =
      'Requested transaction contradicts existing jobs: Transaction for x.service/start is destructive';
    expect(await ended(4, destructive)).toEqual([canceled]);
    expect(await ended(137)).toEqual([expect.stringMatching(/^could not cut: it was killed/)]);
    expect(await ended(2)).toEqual(['could not cut: status 2']);
  });

  it('is reverted when the node still differs afterwards', async () => {
    const { fate, asked, errors } = await applied({ 'probe.cut.1': 'not yet' });
    expect([fate, asked.at(-1)]).toEqual(['reverted', 'guard.revert']);
    expect(errors).toMatchObject([{ code: 'E_STEP', details: { evidence: 'still to do: cut' } }]);
  });

  it('is reverted when the next boot would not bear it', async () => {
    const { fate, errors } = await applied({ 'guard.prove': { code: 1, stderr: 'no sshd' } });
    expect(fate).toBe('reverted');
    expect(errors).toMatchObject([{ code: 'E_REVERTED', details: { evidence: 'no sshd' } }]);
  });

  it('loses what was made before its guard as well', async () => {
    const broken = { code: 1, stderr: 'no' };
    const both = { changes: [WRITE, CUT] };
    const { fate, asked } = await applied({ 'do.cut.1.1': broken }, both);
    expect(fate).toBe('reverted');
    expect(asked.slice(-2)).toEqual(['guard.revert', 'guard.undo']);
    const fired = await applied({ 'guard.confirm': where('reverted') }, both);
    expect([fired.fate, fired.asked.at(-1)]).toEqual(['reverted', 'guard.undo']);
    const stuck = await applied({ 'do.cut.1.1': broken, 'guard.undo': '@undo unknown\n' }, both);
    expect([stuck.fate, stuck.errors]).toMatchObject(['changed', [{ code: 'E_STEP' }]]);
    expect(stuck.events).toContainEqual(expect.objectContaining({ type: 'node-failed', node: 'a' }));
  });

  it('is what the node says: reverted by itself', async () => {
    const { fate, errors, events } = await applied({ 'guard.confirm': where('reverted') });
    expect(fate).toBe('reverted');
    expect(errors).toMatchObject([{ code: 'E_REVERTED', details: { node: 'a' } }]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'guard-reverted', by: 'node' }));
  });

  it('is not known to be reverted if the revert failed', async () => {
    const { fate, errors } = await applied({
      'guard.confirm': `${where('revert-failed')}@failed route: default\n`,
    });
    expect(fate).toBe('unknown');
    expect(errors).toMatchObject([
      { code: 'E_REVERT_FAILED', details: { evidence: expect.stringContaining('route: default') } },
    ]);
  });

  it.each([
    ['its guard is gone', '@guard none\n'],
    ['only an earlier phase has ended there', where('confirmed', 'earlier')],
  ])('stays, as nobody will revert it any more, where %s', async (_what, answer) => {
    const { fate, errors } = await applied({ 'guard.confirm': answer, 'guard.revert': answer });
    expect([fate, errors]).toMatchObject(['changed', [{ code: 'E_GUARD_UNKNOWN' }]]);
  });

  it('is asked for until the node answers', async () => {
    const patience = { ...PATIENCE, retry: 0 };
    const { fate, logins, events } = await applied(
      { 'guard.confirm': [lost, where('firing'), where('reverted')] },
      { over: { patience } },
    );
    expect([fate, logins]).toEqual(['reverted', ['fresh a', 'fresh a', 'fresh a']]);
    expect(events.filter(({ type }) => type === 'guard-waiting')).toHaveLength(1);
  });

  it('is unknown if the node never answers again', async () => {
    const patience = { ...PATIENCE, retry: 0, revert: -100 };
    const { fate, errors, context } = await applied(
      { 'guard.confirm': lost, 'guard.revert': lost },
      { over: { patience } },
    );
    expect([fate, errors]).toMatchObject(['unknown', [{ code: 'E_GUARD_UNKNOWN' }]]);
    expect(context.armedNodes.has('a')).toBe(true);
  });

  it('is not made if there can be no guard', async () => {
    const { fate, asked, logins, errors } = await applied({ 'guard.arm': { code: 1, stderr: 'no systemd' } });
    expect([fate, asked, logins]).toEqual(['untouched', ['guard.arm'], []]);
    expect(errors).toMatchObject([{ code: 'E_NO_GUARD' }]);
  });
});

describe('a guarded change whose answer was lost', () => {
  it('is kept if it was made nevertheless', async () => {
    const { fate, asked, logins, errors } = await applied({ 'probe.cut.1': [lost, 'done'] });
    expect([fate, errors, logins]).toEqual(['changed', [], ['fresh a']]);
    expect(asked).toEqual([...MADE, 'guard.state', 'probe.cut.1', 'guard.confirm']);
  });

  it('is proven first if it was not, and confirmed by the login after that', async () => {
    const { fate, asked, logins } = await applied({
      'guard.prove': [lost, '@proven yes\n'],
      'guard.state': where('armed'),
    });
    expect([fate, logins]).toEqual(['changed', ['fresh a', 'fresh a']]);
    expect(asked.slice(3)).toEqual(['guard.state', 'probe.cut.1', 'guard.prove', 'guard.confirm']);
  });

  it('is reverted, with the reason, if it would not survive the next boot', async () => {
    const { fate, asked, errors } = await applied({
      'guard.prove': [lost, { code: 1, stderr: 'no sshd' }],
      'guard.state': where('armed'),
    });
    expect([fate, asked.at(-1)]).toEqual(['reverted', 'guard.revert']);
    expect(errors).toMatchObject([{ code: 'E_REVERTED', details: { evidence: 'no sshd' } }]);
  });

  it('is reverted if it was not made', async () => {
    const { fate, asked, errors } = await applied({ 'do.cut.1.0': lost, 'probe.cut.1': 'not yet' });
    expect([fate, asked.at(-1)]).toEqual(['reverted', 'guard.revert']);
    expect(asked.filter((id) => id === 'probe.cut.1')).toHaveLength(3);
    expect(errors).toMatchObject([{ code: 'E_REVERTED' }]);
  });

  it('touched nothing if the guard was never armed', async () => {
    const { fate, errors } = await applied({
      'guard.arm': lost,
      'guard.state': '@guard none\n',
      'guard.revert': '@guard none\n',
    });
    expect([fate, errors]).toMatchObject(['untouched', [{ code: 'E_CONNECTION_LOST' }]]);
  });
});

describe('a change that is interrupted', () => {
  const cut = { 'do.cut.1.0': new BridgeheadError('E_INTERRUPTED', 'interrupted') };
  const interruptAt = 'do.cut.1.0';

  it('is reverted at once', async () => {
    const { fate, asked, errors, logins } = await applied(cut, { interruptAt });
    expect([fate, asked.at(-1), logins]).toEqual(['reverted', 'guard.revert', []]);
    expect(errors).toMatchObject([{ code: 'E_INTERRUPTED' }]);
  });

  it('is left to its guard if the node can’t be reached in time', async () => {
    const { fate, context, asked } = await applied({ ...cut, 'guard.revert': lost }, { interruptAt });
    expect([fate, asked.filter((id) => id === 'guard.revert')]).toMatchObject(['unknown', { length: 2 }]);
    expect(context.armedNodes.has('a')).toBe(true);
  });

  it('is kept once its confirmation is under way', async () => {
    const { fate, asked } = await applied({}, { interruptAt: 'guard.confirm' });
    expect([fate, asked.at(-1)]).toEqual(['changed', 'guard.confirm']);
  });
});

describe('a change under no guard', () => {
  it('costs one exec and no login', async () => {
    const { fate, asked, logins } = await applied({}, { changes: [WRITE] });
    expect([fate, asked, logins]).toEqual(['changed', ['guard.snapshot', 'do.cut.1.0', 'probe.cut.1'], []]);
  });

  it.each<[string, string, Readonly<Record<string, Answer>>]>([
    ['changed', 'it failed', { 'do.cut.1.0': { code: 1, stderr: 'no' } }],
    ['changed', 'its answer was lost', { 'do.cut.1.0': lost }],
    ['untouched', 'nothing could be kept', { 'guard.snapshot': { code: 1, stderr: 'full' } }],
  ])('leaves the node %s where %s', async (expected, _what, answers) => {
    const { fate, errors, asked } = await applied(answers, { changes: [WRITE] });
    expect([fate, errors.length]).toEqual([expected, 1]);
    expect(asked).not.toContain('guard.undo');
  });
});
