import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import {
  armFragment,
  lockFragment,
  NO_TOUCHES,
  snapshotFragment,
  stateFragment,
  undoFragment,
} from '../../src/guard/index.js';
import { textOf } from '../../src/remote/script.js';
import { FakeNode, SHELLS, type Shell } from './support/fake-node.js';

const RUN = '20261121-101500-aaaaaa';
const HOLDER = { run: RUN, user: 'ops', host: 'laptop', pid: 42, since: '2026-11-21T10:15:00Z' };

jest.setTimeout(240_000);

describe.each(Object.keys(SHELLS) as Shell[])('the runs that a node keeps, under %s', (shell) => {
  let node: FakeNode;
  let file: string;
  beforeEach(async () => {
    node = new FakeNode(shell);
    file = join(node.root, 'etc/a');
    mkdirSync(join(node.root, 'etc'));
    writeFileSync(file, 'old\n');
    await take(RUN);
  });
  afterEach(() => node.remove());

  const kept = () => readdirSync(node.state('runs')).sort();
  const touches = () => ({ ...NO_TOUCHES, files: [file] });
  const armRequest = () => ({ run: RUN, phase: 'p', seconds: 60, touches: touches() });
  const snapshot = async (run = RUN, phase = 'p'): Promise<void> => {
    expect(await node.ask(snapshotFragment({ run, phase, touches: touches() }))).toEqual({ kind: 'done' });
  };
  /** The run holds the lock from then on. */
  async function take(run: string): Promise<void> {
    if (existsSync(node.state('lock'))) await node.sh(`rm -r '${node.state('lock')}'`);
    expect(await node.ask(lockFragment({ ...HOLDER, run }))).toEqual({ kind: 'taken' });
  }
  const makeEleven = () =>
    node.sh(
      'for n in 01 02 03 04 05 06 07 08 09 10 11; do mkdir "/var/lib/bridgehead/runs/20261120-1015$n-x"; done',
    );

  it('are the last ten', async () => {
    await makeEleven();
    await snapshot();
    expect([kept().length, kept()[0], kept().at(-1)]).toEqual([10, '20261120-101503-x', RUN]);
  });

  it('are all while an undo of several needs them', async () => {
    await makeEleven();
    await node.run(snapshotFragment({ run: RUN, phase: 'undo', touches: NO_TOUCHES, keepsAll: true }));
    expect(kept()).toHaveLength(12);
  });

  describe('ten of a controller whose clock was ahead, latest id first', () => {
    const ahead = Array.from({ length: 10 }, (_, index) => `2031010${index}-000000-bbbbbb`);
    beforeEach(async () => {
      for (const id of ahead.toReversed()) {
        await take(id);
        await snapshot(id);
      }
      await take(RUN);
    });

    it('are parted with one by one, and the run that arms its guard never', async () => {
      expect((await node.ask(armFragment(armRequest()))).kind).toBe('armed');
      expect(kept()).toEqual([RUN, ...ahead.slice(0, -1)]);
      writeFileSync(file, 'new\n');
      await node.sh(`sh '${node.state('runs', RUN, '0001', 'guard.sh')}' fire`);
      expect(readFileSync(file, 'utf8')).toBe('old\n');
      expect((await node.ask(stateFragment(RUN))).state).toBe('reverted');
    });

    it('leave a run that needs no guard, through all of its phases, to be undone after the next run', async () => {
      await snapshot(RUN, 'p');
      await snapshot(RUN, 'q');
      writeFileSync(file, 'new\n');
      const next = '20261121-101600-cccccc';
      await take(next);
      await snapshot(next);
      expect(kept()).toEqual([RUN, next, ...ahead.slice(0, -2)]);
      expect((await node.ask(undoFragment(RUN))).kind).toBe('undone');
      expect(readFileSync(file, 'utf8')).toBe('old\n');
    });

    it('are parted with by their ids if an earlier version has kept them', async () => {
      const whats = ahead.map((id) => `'${node.state('runs', id, '0001/what')}'`);
      await node.sh(`sed -i '/^order=/d' ${whats.join(' ')}`);
      await snapshot();
      expect(kept()).toEqual([RUN, ...ahead.slice(1)]);
    });
  });

  it.each(['guard.sh', 'complete'])('arm no guard, and start nothing, without their %s', async (part) => {
    const { id, script } = armFragment(armRequest());
    const [before = '', after = ''] = textOf(script).split(/^(?=seconds=60$)/m);
    const reply = await node.run({ id, script: `${before}rm "$dir/${part}"\n${after}` });
    expect(reply.stderr).toMatch(/^the snapshot in \S+ is not complete, so nothing could undo a change$/m);
    expect(node.calls().filter((call) => call.startsWith('systemd-run'))).toEqual([]);
    expect([readdirSync(node.state('guard')), kept()]).toEqual([[], []]);
  });
});
