import { parseWiped, wipedBy } from '../../../../src/layers/host/forwarding/wiped.js';

const LOADED = 1_796_000_000;
const read = (...lines: readonly string[]) => parseWiped(lines.map((line) => line.split(' ')));

describe('who wiped the table', () => {
  it.each<[string, readonly string[], string]>([
    ['nobody has loaded it', [], '; it has not been loaded since the last boot'],
    [
      'a unit that was started later',
      [`loaded-at 0 ${LOADED}`, `changed nftables ${LOADED + 60}`, `changed docker ${LOADED - 60}`],
      '; it was loaded at 2026-11-30 00:53:20 UTC, and nftables.service was started, stopped or reloaded at 2026-11-30 00:54:20 UTC',
    ],
    [
      'a hand',
      [`loaded-at 0 ${LOADED}`, `changed nftables ${LOADED - 60}`],
      '; it was loaded at 2026-11-30 00:53:20 UTC, and no unit that could wipe it has changed since: someone ran `nft flush ruleset`, `nft -f` or the like by hand',
    ],
  ])('%s', (_what, lines, expected) => {
    expect(wipedBy(read(...lines), 0)).toBe(expected);
  });
});
