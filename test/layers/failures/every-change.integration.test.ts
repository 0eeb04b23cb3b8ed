import { STEP_KINDS } from '../../../src/layers/index.js';
import { describeShells } from '../../support/shells.js';
import { failEachCall } from './one-failure.js';
import { TRIALS } from './trials.js';

/** By kind of step: calls that may fail, for what they were to do is done in another way or of no account. */
const MAY_FAIL: Readonly<Record<string, RegExp>> = {
  // The log; and lists that can't be refreshed may still have the package.
  package: /^rm -f .*temporary$|^apt-get .* update$/,
  // Everything is synced then. A temporary file that stays is cleared away the next time.
  'wireguard-keys': /^sync .|^rm -f .*temporary$/,
  // What tailscale said, which is in memory.
  tailscale: /^rm -f .*temporary$/,
  // What counts is that the interface is gone. A folder that isn't empty stays.
  retire: /^systemctl stop wg-quick@|^rmdir /,
};

it('tries the changes of every kind of step but the one that runs the user’s own text', () => {
  expect([...Object.keys(TRIALS), 'script'].sort()).toEqual([...STEP_KINDS.keys(), 'retire'].sort());
});

describeShells('a change', (shell) => {
  const trials = Object.entries(TRIALS).flatMap(([kind, all]) =>
    all.map((trial) => [`${kind}: ${trial.summary}`, trial, MAY_FAIL[kind]] as const),
  );

  it.each(trials)('fails when a command of it does: %s', (_title, trial, mayFail) => {
    const { code, failures } = failEachCall(shell, trial);
    expect(code).toBe(0);
    expect(failures.length).toBeGreaterThan(0);
    const lost = failures.filter((one) => one.code === 0 && mayFail?.test(one.call) !== true);
    expect(lost.map(({ call }) => call)).toEqual([]);
  });
});
