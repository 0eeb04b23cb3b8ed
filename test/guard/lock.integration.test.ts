import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import {
  armFragment,
  disturbedFragment,
  type Ground,
  lockFragment,
  lookFragment,
  NO_TOUCHES,
  releaseFragment,
  unlockFragment,
} from '../../src/guard/index.js';
import { textOf } from '../../src/remote/script.js';
import { FakeNode, SHELLS, type Shell } from './support/fake-node.js';

const holder = (run: string) => ({
  run,
  user: 'ops',
  host: "o'hara $(id)",
  pid: 42,
  since: '2026-11-21T10:15:00Z',
});
const FIRST = holder('20261121-101500-aaaaaa');
const SECOND = holder('20261121-101501-bbbbbb');

describe.each(Object.keys(SHELLS) as Shell[])('the lock under %s', (shell) => {
  let node: FakeNode;
  beforeEach(() => {
    node = new FakeNode(shell);
  });
  afterEach(() => node.remove());

  const lock = (who = FIRST, unless?: string) => node.ask(lockFragment(who, unless));
  const look = () => node.ask(lookFragment());
  const unlock = (run?: string) => node.ask(unlockFragment(run));
  const arm = async ({ run } = FIRST) =>
    await node.ask(armFragment({ run, phase: 'p', seconds: 60, touches: NO_TOUCHES }));

  it('is taken once, by the same run again, and shown to another', async () => {
    expect(await lock()).toEqual({ kind: 'taken' });
    expect(await lock()).toEqual({ kind: 'taken' });
    expect(await lock(SECOND)).toEqual({ kind: 'held', holder: FIRST, armed: false });
    expect(readdirSync(node.state()).sort()).toEqual(['guard', 'lock', 'mutex', 'runs']);
  });

  it('says of which boot and process its holder is, if the holder does', async () => {
    const known = { ...FIRST, bootid: '6d8ba1f0-6b5c-4c1e-9f0e-6f9f8a0f4a11', started: '8127' };
    await lock(known);
    expect(await lock(SECOND)).toEqual({ kind: 'held', holder: known, armed: false });
    expect(await unlock(FIRST.run)).toEqual({ kind: 'unlocked', holder: known });
  });

  it('goes to exactly one of many', async () => {
    const all = Array.from({ length: 12 }, (_, index) => holder(`20261121-101500-${index}`));
    const kinds = await Promise.all(all.map(async (who) => (await lock(who)).kind));
    expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(11);
  });

  it('is released only by its own run', async () => {
    await lock();
    await node.run(releaseFragment(SECOND.run));
    expect((await lock(SECOND)).kind).toBe('held');
    await node.run(releaseFragment(FIRST.run));
    expect(await lock(SECOND)).toEqual({ kind: 'taken' });
  });

  it('is left alone, and nothing is written, if a look is enough', async () => {
    expect(await lock(FIRST, ':')).toEqual({ kind: 'free', ground: { last: '', boot: expect.any(String) } });
    expect(existsSync(node.state())).toBe(false);
    expect((await lock(FIRST, 'false')).kind).toBe('taken');
    expect(await lock(SECOND, ':')).toEqual({ kind: 'held', holder: FIRST, armed: false });
    expect(await look()).toEqual({ kind: 'held', holder: FIRST, armed: false });
    await node.run(releaseFragment(FIRST.run));
    const free = {
      kind: 'free',
      ground: { last: FIRST.run, boot: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    };
    expect(await lock(SECOND, ':')).toEqual(free);
    expect(await look()).toEqual(free);
  });

  it('is not just looked at if one boot can’t be distinguished from another', async () => {
    const taking = lockFragment(FIRST, ':');
    const script = textOf(taking.script).replaceAll('/proc/sys/kernel/random', '/nowhere');
    expect(await node.ask({ ...taking, script })).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('cannot read the boot id'),
    });
  });

  it('is not just looked at while a guard is armed', async () => {
    await lock();
    expect((await arm()).kind).toBe('armed');
    await node.run(releaseFragment(FIRST.run));
    const held = { kind: 'held', holder: undefined, armed: true };
    expect([await lock(SECOND, ':'), await look()]).toEqual([held, held]);
  });

  it('reports whether another run has had the node since it was looked at', async () => {
    const isDisturbed = (ground: Ground) => node.ask(disturbedFragment(ground));
    const groundNow = async () => {
      const seen = await look();
      if (seen.kind !== 'free') throw new Error(seen.kind);
      return seen.ground;
    };
    const untouched = await groundNow();
    await lock();
    expect(await isDisturbed(untouched)).toBe(false);
    await node.run(releaseFragment(FIRST.run));
    const ground = await groundNow();
    await lock(SECOND);
    expect(await isDisturbed(untouched)).toBe(true);
    expect(await isDisturbed(ground)).toBe(false);
    expect(await isDisturbed({ ...ground, boot: 'another' })).toBe(true);
  });

  it('is taken over, and said so, when the node has rebooted since', async () => {
    await lock();
    const file = node.state('lock/holder');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^boot=.*$/m, 'boot=another'));
    expect(await lock(SECOND)).toEqual({ kind: 'taken', stale: FIRST });
  });

  it('is never taken over or broken while a guard is armed', async () => {
    await lock();
    expect((await arm()).kind).toBe('armed');
    const file = node.state('lock/holder');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^boot=.*$/m, 'boot=another'));
    expect(await lock(SECOND)).toEqual({ kind: 'held', holder: FIRST, armed: true });
    expect(await unlock()).toEqual({ kind: 'armed', holder: FIRST });
    await node.run(releaseFragment(FIRST.run));
    expect(await lock(SECOND)).toEqual({ kind: 'held', holder: undefined, armed: true });
  });

  it('is released by unlock, only for the named run', async () => {
    expect(await unlock()).toEqual({ kind: 'unlocked', holder: undefined });
    await lock();
    expect(await unlock(SECOND.run)).toEqual({ kind: 'held', holder: FIRST });
    expect(await unlock(FIRST.run)).toEqual({ kind: 'unlocked', holder: FIRST });
    expect(await lock(SECOND)).toEqual({ kind: 'taken' });
  });

  it('is needed to arm a guard', async () => {
    await lock(SECOND);
    expect(await arm()).toEqual({ kind: 'refused', reason: 'this run does not hold the lock of this node' });
  });

  it.each([
    ['is a link', 'ln -s /tmp /var/lib/bridgehead', /is a symbolic link; remove it$/],
    ['is a file', 'touch /var/lib/bridgehead', /is not a folder; remove it$/],
    ['is open to others', 'mkdir -m 755 /var/lib/bridgehead', /is not root's alone/],
    [
      'holds a link',
      'mkdir -m 700 /var/lib/bridgehead; ln -s /etc /var/lib/bridgehead/lock',
      /root did not put there/,
    ],
  ])('is refused if the state folder %s', async (_what, script, reason) => {
    await node.sh(script);
    expect(await lock()).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) as string });
    expect((await unlock()).kind).toBe('refused');
  });

  it('is not taken through a link planted later', async () => {
    await lock();
    symlinkSync('/etc', node.state('runs/planted'));
    expect((await lock()).kind).toBe('refused');
  });
});

describe('the holder', () => {
  it.each(['', '../x', 'a b', 'a/b', '-x', "a'b", 'a\nb'])('cannot have the run id %j', (run) => {
    expect(() => lockFragment(holder(run))).toThrow(TypeError);
    expect(() => releaseFragment(run)).toThrow(TypeError);
  });
  it('cannot have a name of two lines', () => {
    expect(() => lockFragment({ ...FIRST, user: 'a\nboot=b' })).toThrow(/one line/);
  });
});
