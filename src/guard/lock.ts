import { type Done, doneOrRefused, type Part, refusedBy } from '../remote/part.js';
import type { FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import holderFunctions from './fragments/holder.sh';
import lock from './fragments/lock.sh';
import unlock from './fragments/unlock.sh';
import { valuesOf } from './reply.js';
import { checkedLine, checkedRun, prelude } from './state-folder.js';
import type { Ground, Holder, LockOutcome, UnlockOutcome } from './types.js';

const FIELDS = ['run', 'user', 'host', 'pid', 'since'] as const;
const OPTIONAL_FIELDS = ['bootid', 'started'] as const;

const lookUnlocked = (
  unless: string,
): string => `if [ ! -L "$state" ] && { [ ! -e "$state" ] || [ -O "$state" ]; } &&
[ ! -e "$state/lock" ] && ! is_armed && boot_id >/dev/null 2>&1 && { ${unless}; }; then
echo '@lock free'; report_ground; exit 0
fi
`;

/**
 * Takes the node for one run; the same run may take it again. The lock is one rename of a complete folder, so that
 * nobody ever sees it without its holder. One whose node has rebooted since, with no guard armed, is taken over.
 *
 * @param unless sh condition. Where it holds, a node that nobody has is not taken: the answer is "free", and nothing is
 *   written, so the state folder may be in any state.
 */
export function lockFragment(holder: Holder, unless?: string): Part<LockOutcome> {
  const lines = [...FIELDS, ...OPTIONAL_FIELDS].flatMap((field) =>
    holder[field] === undefined ? [] : [`${field}=${checkedLine(String(holder[field]))}`],
  );
  return {
    id: 'guard.lock',
    required: true,
    script: `${prelude()}${holderFunctions}run=${quote(checkedRun(holder.run))}
holder=${quote(lines.join('\n'))}
${unless === undefined ? '' : lookUnlocked(unless)}${lock}`,
    parse: parseLock,
  };
}

function parseHolder(reply: FragmentReply): Holder | undefined {
  const value = (key: (typeof FIELDS)[number]): string => valuesOf(reply, key)[0] ?? '';
  const optional = OPTIONAL_FIELDS.flatMap((key) => valuesOf(reply, key).map((found) => [key, found]));
  if (value('run') === '') return undefined;
  return {
    run: value('run'),
    user: value('user'),
    host: value('host'),
    pid: Number(value('pid')),
    since: value('since'),
    ...Object.fromEntries(optional),
  };
}

const isArmed = (reply: FragmentReply): boolean => valuesOf(reply, 'armed').includes('yes');

/** Asks who has the node, without taking it; writes nothing. */
export function lookFragment(): Part<LockOutcome> {
  return {
    id: 'guard.look',
    script: `${prelude()}${holderFunctions}if [ -e "$state/lock" ] || is_armed; then echo '@lock held'; report_holder "$state/lock"
else echo '@lock free'; report_ground
fi`,
    parse: parseLock,
  };
}

function parseLock(reply: FragmentReply): LockOutcome {
  if (reply.code !== 0) return refusedBy(reply);
  const holder = parseHolder(reply);
  const [said] = valuesOf(reply, 'lock');
  if (said === 'free') {
    const [[last = ''], [boot = '']] = [valuesOf(reply, 'last'), valuesOf(reply, 'boot')];
    return { kind: 'free', ground: { last, boot } };
  }
  if (said === 'taken') {
    return holder && valuesOf(reply, 'stale').length > 0
      ? { kind: 'taken', stale: holder }
      : { kind: 'taken' };
  }
  return { kind: 'held', holder, armed: isArmed(reply) };
}

/** Releases the lock; that of another run is left alone. Refused only when the folder can't be read. */
export function releaseFragment(run: string): Part<Done> {
  return {
    id: 'guard.release',
    script: `${prelude()}${holderFunctions}[ -e "$state" ] || exit 0
check_state
with_mutex
[ "$(field "$state/lock/holder" run)" = ${quote(checkedRun(run))} ] || exit 0
drop_lock || refuse "cannot remove $state/lock"`,
    parse: doneOrRefused,
  };
}

/**
 * Asks, after a lock was taken, whether another run has had the node since it was looked at, or the node was rebooted.
 * When it was left alone, nothing after this in the program is done.
 */
export function disturbedFragment({ last, boot }: Ground): Part<boolean> {
  return {
    id: 'guard.disturbed',
    required: true,
    script: `${prelude()}
[ "$(field "$state/lock.old/holder" run)" != ${quote(last)} ] || [ "$(boot_id)" != ${quote(boot)} ]`,
    parse: ({ code }) => code === 0,
  };
}

/** Releases a lock, only that of `run` when one is named; refused while a guard is armed. */
export function unlockFragment(run?: string): Part<UnlockOutcome> {
  const named = run === undefined ? '' : checkedRun(run);
  return {
    id: 'guard.unlock',
    script: `${prelude()}${holderFunctions}run=${quote(named)}\n${unlock}`,
    parse: parseUnlock,
  };
}

function parseUnlock(reply: FragmentReply): UnlockOutcome {
  const said = valuesOf(reply, 'unlock')[0];
  if (reply.code !== 0 || said === undefined) return refusedBy(reply);
  const holder = parseHolder(reply);
  if (said === 'armed' || said === 'held') return { kind: said, holder };
  return { kind: 'unlocked', holder };
}
