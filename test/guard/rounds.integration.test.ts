import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import {
  armFragment,
  confirmFragment,
  lockFragment,
  NO_TOUCHES,
  proofFragment,
  snapshotFragment,
  stateFragment,
  type Touches,
  undoFragment,
} from '../../src/guard/index.js';
import { FakeNode, type Shell } from './support/fake-node.js';
import { UnitStates } from './support/unit-states.js';

const RUN = '20261121-101500-aaaaaa';
const HOLDER = { run: RUN, user: 'ops', host: 'laptop', pid: 42, since: '2026-11-21T10:15:00Z' };
const ROUNDS = ['p', 'p (round 2)', 'p (round 3)'] as const;

jest.setTimeout(240_000);

describe.each<Shell>(['dash', 'busybox'])('a phase of several rounds under %s', (shell) => {
  let node: FakeNode;
  let units: UnitStates;
  let config: string;
  const touches = (...names: readonly string[]): Touches => ({
    ...NO_TOUCHES,
    files: [config, ...names.map((name) => units.file(name))],
    units: names,
  });
  const arm = async (phase: string, names: readonly string[]): Promise<void> => {
    const armed = await node.ask(armFragment({ run: RUN, phase, seconds: 60, touches: touches(...names) }));
    expect(armed.kind).toBe('armed');
  };
  const confirm = async (phase: string): Promise<void> => {
    await node.ask(proofFragment({ run: RUN, phase }));
    expect((await node.ask(confirmFragment({ run: RUN, phase }))).state).toBe('confirmed');
  };
  const guardScript = (number: string) => node.state('runs', RUN, number, 'guard.sh');
  const seen = () => ({ config: readFileSync(config, 'utf8'), units: units.all() });

  beforeEach(async () => {
    node = new FakeNode(shell);
    units = new UnitStates(node);
    config = join(node.root, 'etc/config');
    mkdirSync(join(node.root, 'etc'));
    writeFileSync(config, 'old\n');
    units.write('old.service');
    units.start('old.service', 'first');
    units.write('stopped.service');
    expect(await node.ask(lockFragment(HOLDER))).toEqual({ kind: 'taken' });
  });
  afterEach(() => node.remove());

  /** The first round makes a unit and starts it; the others find it there, and have it and another one started again. */
  async function change(): Promise<ReturnType<typeof seen>> {
    const before = seen();
    await node.ask(snapshotFragment({ run: RUN, phase: 'p', touches: touches('stopped.service') }));
    units.enable('stopped.service');
    await arm('p', ['new.service', 'old.service']);
    units.write('new.service');
    units.enable('new.service');
    units.start('new.service', 'first');
    units.start('old.service', 'second');
    writeFileSync(config, 'new\n');
    await confirm('p');
    await arm('p (round 2)', ['new.service']);
    units.start('new.service', 'second');
    await confirm('p (round 2)');
    await arm('p (round 3)', ['new.service', 'old.service', 'stopped.service']);
    units.start('stopped.service', 'first');
    return before;
  }

  it('is reverted to what it was before the first, and nothing is reported that is not so', async () => {
    const before = await change();
    await node.sh(`sh '${guardScript('0004')}' fire`);
    const { failed, state } = await node.ask(stateFragment(RUN));
    expect([state, failed]).toEqual(['reverted', []]);
    expect(seen()).toEqual({
      ...before,
      // It runs with what its files say again.
      units: before.units.map((line) => line.replace('active first', 'active again-1')),
    });
  });

  it('is reverted to that at the next boot, too', async () => {
    const before = await change();
    units.boot();
    await node.sh(`sh '${guardScript('0004')}' boot`);
    const { failed, state } = await node.ask(stateFragment(RUN));
    expect([state, failed]).toEqual(['reverted', []]);
    const enabled = (lines: readonly string[]) => lines.map((line) => line.replace(/ (in)?active.*$/, ''));
    expect({ ...seen(), units: enabled(units.all()) }).toEqual({ ...before, units: enabled(before.units) });
  });

  it('can be undone', async () => {
    const before = await change();
    await confirm(ROUNDS[2]);
    const undone = await node.ask(undoFragment(RUN, { phases: ROUNDS }));
    expect(undone).toMatchObject({ kind: 'undone' });
    const running = (lines: readonly string[]) => lines.map((line) => line.replace(/ active .*$/, ' active'));
    expect({ ...seen(), units: running(units.all()) }).toEqual({ ...before, units: running(before.units) });
  });
});
