import {
  disturbedFragment,
  type GuardReport,
  listRunsFragment,
  lockFragment,
  lookFragment,
  releaseFragment,
  unlockFragment,
} from '../../src/guard/index.js';
import { type Refused, refusedBy } from '../../src/remote/part.js';
import type { FragmentReply } from '../../src/remote/program.js';
import { quote } from '../../src/remote/quote.js';
import type { NodeGuard } from '../../src/runner/round/node-guard.js';

/** Folder of a fake node's guard: an environment variable of the shells that stand in for the node. */
const AT = '"$BRIDGEHEAD_FAKE"';

const FIELDS = ['run', 'user', 'host', 'pid', 'since'] as const;

/** The state of the fake guard as the real fragments report it. */
const REPORT = `cd ${AT} || exit 1
report() { [ ! -e proven ] || echo '@proven'; if [ -e armed ]; then echo "armed $(cat armed)"; elif [ -e ended ]; then cat ended; else echo none; fi; }`;

const REPORT_FREE = `echo '@lock free'; echo "@last $(sed -n 's/^run=//p' lock.old 2>/dev/null)"`;

function parseGuard({ code, stdout, stderr }: FragmentReply): GuardReport {
  const [state = '', ...words] = (stdout.trim().split('\n').at(-1) ?? '').split(' ');
  if (code !== 0) throw new Error(stderr);
  const reverted = state === 'reverted' ? ['file reverted'] : [];
  const phase = words.slice(1).join(' ');
  return {
    state: state as GuardReport['state'],
    ...(words.length > 0 ? { run: words[0] ?? '', phase } : {}),
    ...(stdout.includes('@proven') ? { proven: true } : {}),
    reverted,
    failed: [],
  };
}

const orRefused =
  <T>(outcome: T) =>
  (reply: FragmentReply): T | Refused =>
    reply.code === 0 ? outcome : refusedBy(reply);

/**
 * A guard with the words of the real one and none of its reach: a folder of small files for each fake node. What the
 * node's timer would do is up to the test.
 */
export const fakeGuard: NodeGuard = {
  lockFragment: (holder, unless = 'false') => ({
    ...lockFragment(holder),
    script: `cd ${AT} || exit 1
if [ -e lock ] && [ "$(sed -n 's/^run=//p' lock)" != ${quote(holder.run)} ]; then
echo '@lock held'; sed 's/=/ /; s/^/@/' lock; [ ! -e armed ] || echo '@armed yes'; exit 0; fi
if [ ! -e lock ] && { ${unless}; }; then ${REPORT_FREE}; exit 0; fi
printf '%s\\n' ${FIELDS.map((field) => quote(`${field}=${holder[field]}`)).join(' ')} >lock
echo '@lock taken'`,
  }),
  lookFragment: () => ({
    ...lookFragment(),
    script: `cd ${AT} || exit 1
if [ -e lock ]; then echo '@lock held'; sed 's/=/ /; s/^/@/' lock; [ ! -e armed ] || echo '@armed yes'; else ${REPORT_FREE}; fi`,
  }),
  releaseFragment: (run) => ({
    ...releaseFragment(run),
    script: `cd ${AT} || exit 1
[ "$(sed -n 's/^run=//p' lock 2>/dev/null)" != ${quote(run)} ] || mv lock lock.old`,
  }),
  disturbedFragment: (ground) => ({
    ...disturbedFragment(ground),
    script: `cd ${AT} || exit 1
[ "$(sed -n 's/^run=//p' lock.old 2>/dev/null)" != ${quote(ground.last)} ]`,
  }),
  unlockFragment: (run = 'none') => ({
    ...unlockFragment(run),
    script: `cd ${AT} || exit 1
if [ ! -e lock ]; then echo '@unlock free'; exit 0; fi
sed 's/=/ /; s/^/@/' lock
if [ -e armed ]; then echo '@unlock armed'; exit 0; fi
if [ "$(sed -n 's/^run=//p' lock)" != ${quote(run)} ]; then echo '@unlock held'; exit 0; fi
rm lock; echo '@unlock done'`,
  }),
  snapshotFragment: ({ phase }) => ({
    id: 'guard.snapshot',
    required: true,
    script: `echo snapshot ${quote(phase)} >>${AT}/log`,
    parse: orRefused({ kind: 'done' } as const),
  }),
  armFragment: ({ run, phase, seconds, touches }) => ({
    id: 'guard.arm',
    required: true,
    script: `cd ${AT} || exit 1
[ ! -e no-guard ] || { echo 'no systemd here' >&2; exit 1; }
rm -f proven
echo ${quote(`${run} ${phase}`)} >armed
echo arm ${quote(`${phase} ${touches.network ? 'network' : touches.files.join(' ')}`)} >>log
echo "@armed 1 systemd ${seconds}"`,
    parse: orRefused({ kind: 'armed', snapshot: '1', by: 'systemd', seconds } as const),
  }),
  changeScript: ({ script }) =>
    `[ -e ${AT}/armed ] || { echo 'not armed' >&2; exit 75; }\n( eval ${quote(script)} )`,
  proofFragment: () => ({
    id: 'guard.prove',
    required: true,
    script: `cd ${AT} || exit 1
[ ! -e unproven ] || { cat unproven >&2; exit 1; }
: >proven`,
    parse: orRefused({ kind: 'done' } as const),
  }),
  confirmFragment: ({ run, phase }) => ({
    id: 'guard.confirm',
    script: `${REPORT}
if [ -e proven ] && [ "$(cat armed 2>/dev/null)" = ${quote(`${run} ${phase}`)} ]; then rm armed; echo confirm >>log; echo ${quote(`confirmed ${run} ${phase}`)} >ended; fi
report`,
    parse: parseGuard,
  }),
  stateFragment: () => ({ id: 'guard.state', script: `${REPORT}\nreport`, parse: parseGuard }),
  revertNowFragment: (run) => ({
    id: 'guard.revert',
    script: `${REPORT}
if [ -e armed ]; then echo "reverted $(cat armed)" >ended; rm armed; echo revert >>log; fi
: ${quote(run)}
report`,
    parse: parseGuard,
  }),
  undoFragment: (run, { phases = [] } = {}) => ({
    id: 'guard.undo',
    script: `echo undo ${quote(`${run} ${phases[0] ?? 'all'}`)} >>${AT}/log`,
    parse: () => ({ kind: 'undone', phases: [], undone: ['file reverted'] }),
  }),
  listRunsFragment,
};
