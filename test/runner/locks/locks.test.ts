import { BridgeheadError } from '../../../src/core/errors.js';
import { type Holder, type LockOutcome, lookFragment } from '../../../src/guard/index.js';
import type { FragmentReply } from '../../../src/remote/program.js';
import { describeHolder, Locks, lockedError } from '../../../src/runner/locks/locks.js';
import { NODE_GUARD } from '../../../src/runner/round/node-guard.js';

const holder: Holder = {
  run: '20260101-000000-abcdef',
  user: 'ann',
  host: 'laptop#12345678',
  pid: 812,
  since: '2026-01-01T00:00:00Z',
};
const said = (stdout: string, over: Partial<FragmentReply> = {}): LockOutcome =>
  lookFragment().parse({ id: 'guard.look', code: 0, stdout, stderr: '', ...over });
const HELD = `@lock held
@run 20250101-000000-ffffff
@user bob
@host desk
@pid 7
@since yesterday
`;

describe('the locks of a run', () => {
  let locks: Locks;
  beforeEach(() => {
    locks = new Locks(holder, NODE_GUARD);
  });

  it('are those that nodes said were taken, until they are released', () => {
    locks.record('b', said('@lock taken\n'));
    locks.record('a', said('@lock taken\n'));
    expect(locks.held).toEqual(['b', 'a']);
    locks.released('b');
    expect(locks.held).toEqual(['a']);
  });

  it('are not those of others, nor those of nodes that were only looked at', () => {
    expect(locks.record('a', said(HELD))).toMatchObject({
      kind: 'held',
      holder: { user: 'bob' },
      armed: false,
    });
    expect(locks.record('b', said('@lock free\n@last \n@boot 1\n'))).toMatchObject({ kind: 'free' });
    expect(locks.held).toEqual([]);
  });

  it.each([
    ['E_NO_GUARD', 'cannot open /var/lib/bridgehead', /cannot be reverted/],
    ['E_DISK_FULL', 'sh: write error: No space left on device', /space/],
    ['E_READ_ONLY', 'mkdir: cannot create directory: Read-only file system', /./],
  ])('end in %s if a node says "%s"', (code, stderr, fix) => {
    const refuse = () => locks.record('a', said('', { code: 1, stderr }));
    expect(refuse).toThrow(BridgeheadError);
    try {
      refuse();
    } catch (error) {
      const { details, ...other } = error as BridgeheadError;
      expect(other).toMatchObject({ code });
      expect(details).toMatchObject({ node: 'a', evidence: stderr, fix: expect.stringMatching(fix) });
    }
  });

  describe('of a node that was looked at without one', () => {
    const free = (last: string, boot: string) => said(`@lock free\n@last ${last}\n@boot ${boot}\n`);
    beforeEach(() => void locks.record('a', free('r1', 'b1')));

    it.each<[string, LockOutcome | undefined, boolean]>([
      ['nobody came', free('r1', 'b1'), true],
      ['another run came and went', free('r2', 'b1'), false],
      ['it was rebooted', free('r1', 'b2'), false],
      ['another run has it now', said(HELD), false],
      ['it did not say', undefined, false],
    ])('know whether %s', (_what, answer, expected) => {
      expect(locks.isLeftAlone('a', answer)).toBe(expected);
    });

    it('ask afterwards whether it was disturbed; one never looked at is not asked', () => {
      expect(locks.disturbed('a')?.script).toContain("'r1'");
      expect(locks.disturbed('b')).toBeUndefined();
    });
  });
});

describe('a lock in the way', () => {
  const bob: Holder = { ...holder, run: 'x', user: 'bob', host: 'desk', pid: 7, since: 'noon' };

  it('is reported with its holder, safe for a terminal', () => {
    expect(describeHolder({ ...bob, user: 'bob\u001b[31m' })).not.toContain('\u001b');
    expect(lockedError('a', { kind: 'held', holder: bob, armed: false })).toMatchObject({
      code: 'E_LOCKED',
      message: 'a is locked by run x of bob@desk (pid 7), since noon',
      details: { node: 'a', fix: expect.stringContaining('`bridgehead unlock`') },
    });
  });

  it('can’t be unlocked while a guard is armed', () => {
    const { message, details } = lockedError('a', { kind: 'held', holder: undefined, armed: true });
    expect(message).toBe('a is locked by the guard of an earlier run');
    expect(details.evidence).toMatch(/guard is armed/);
    expect(details.fix).not.toContain('unlock');
  });
});
