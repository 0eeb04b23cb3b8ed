import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { handshake } from '../../../../../src/layers/wireguard/gates/handshake.js';
import { describeShells } from '../../../../support/shells.js';
import { fakes } from '../fakes.js';
import { askGate, gateContext, KEYS, nodeOf, stops, verdictOf } from '../fixture.js';

const NOW = 1_000_000;
const TWO = { measured: ['ms-1', 'wk-1'] };

/** What a node says: its clock, and when it last shook hands with each peer. */
const says = (clock: number, shaken: Readonly<Record<string, number>>): string =>
  [`clock ${clock}`, ...Object.entries(shaken).map(([peer, time]) => `shake 0 ${KEYS[peer]} ${time}`)].join(
    '\n',
  );

const FRESH = { 'ctb-edge-1': NOW - 10, 'wk-2': NOW - 10 };
const freshBy = (clock: number) => ({ 'ctb-edge-1': clock - 10, 'wk-2': clock - 10 });

const verdict = (ms1: string, wk1: string) => verdictOf(handshake, {}, { 'ms-1': ms1, 'wk-1': wk1 }, TWO);
const fixesOf = ({ findings }: ReturnType<typeof verdict>): string[] =>
  findings.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));

describe('a clock that went backwards', () => {
  it('is named if the last handshake is in its future, with what the peer reports', () => {
    const clock = NOW - 3600;
    const result = verdict(
      says(NOW, { ...FRESH, 'wk-1': NOW - 60 }),
      says(clock, { ...freshBy(clock), 'ms-1': NOW - 60 }),
    );
    expect(stops(result)).toEqual([
      'wk-1 -> ms-1: the last one is 59 min in the future of wk-1, so its clock went backwards, and ms-1 refuses the handshakes of wk-1 until it has caught up or ms-1 has re-added wk-1 as a peer; the clock of ms-1 is 1 h ahead of it, and ms-1 saw that handshake 60 s ago',
    ]);
    expect(fixesOf(result)).toEqual([
      'check the gate clock: if the clock of wk-1 is behind, set it and keep it in sync (systemd-timesyncd or chrony), and ms-1 will accept its handshakes again; if it is right now, that takes until it has caught up, 59 min, or sooner if ms-1 connects: ping 172.27.15.13 on ms-1',
    ]);
  });

  it('is named on both sides once the peer has no fresh session either', () => {
    const result = stops(
      verdict(says(NOW, { ...FRESH, 'wk-1': NOW - 900 }), says(NOW, { ...FRESH, 'ms-1': NOW + 7200 })),
    );
    expect(result).toHaveLength(2);
    for (const one of result) {
      expect(one).toContain('the last one is 2 h in the future of wk-1, so its clock went backwards');
      expect(one).toContain('the clock of ms-1 agrees with it now, and ms-1 saw that handshake 15 min ago');
    }
  });

  it('is likely if a machine without a session is behind the handshake that its peer took', () => {
    const clock = NOW - 86_400;
    const result = verdict(
      says(NOW, { ...FRESH, 'wk-1': NOW - 300 }),
      says(clock, { ...freshBy(clock), 'ms-1': 0 }),
    );
    const why =
      'wk-1 has none yet, while ms-1 had one 5 min ago, which is 23 h 55 min in the future of wk-1: its clock is 1 d behind that of ms-1; if it went backwards, ms-1 refuses the handshakes of wk-1 until it has caught up or ms-1 has re-added wk-1 as a peer';
    expect(stops(result)).toEqual([`ms-1 -> wk-1: ${why}`, `wk-1 -> ms-1: ${why}`]);
    for (const fix of fixesOf(result)) expect(fix).toMatch(/^check the gate clock: .*; otherwise /);
  });

  it.each([
    ['clocks that differ, and always did', NOW - 3600, NOW - 3600 - 900, NOW - 900],
    ['clocks that agree', NOW, NOW - 900, NOW - 900],
    ['a machine that was restarted, its clock kept', NOW, 0, NOW - 900],
    ['no handshake at all', NOW - 3600, 0, 0],
  ])('is not blamed: %s', (_what, clock, shaken, shakenThere) => {
    const result = stops(
      verdict(
        says(NOW, { ...FRESH, 'wk-1': shakenThere }),
        says(clock, { ...freshBy(clock), 'ms-1': shaken }),
      ),
    );
    expect(result).toHaveLength(2);
    expect(result.join('\n')).not.toMatch(/backwards|behind/);
  });

  it('is named from the one side that is measured', () => {
    const result = verdictOf(
      handshake,
      {},
      { 'ms-1': says(NOW, { ...FRESH, 'wk-1': NOW + 50 }) },
      { measured: ['ms-1'] },
    );
    expect(stops(result)).toEqual([
      'ms-1 -> wk-1: the last one is 50 s in the future of ms-1, so its clock went backwards, and wk-1 refuses the handshakes of ms-1 until it has caught up or wk-1 has re-added ms-1 as a peer',
    ]);
  });

  it('never has a fix that cuts anything', () => {
    const result = verdict(
      says(NOW, { ...FRESH, 'wk-1': NOW + 999 }),
      says(NOW, { ...FRESH, 'ms-1': NOW + 7200 }),
    );
    expect(fixesOf(result)).toHaveLength(2);
    for (const fix of fixesOf(result))
      expect(fix).not.toMatch(/remove|restart|reboot|wg set|wg-quick|ip link/);
  });

  describeShells('is waited for and called at', (shell) => {
    it.each([
      ['an hour', 3600, true],
      ['two seconds', 2, false],
    ])('when the handshake lies %s in the future: %s s', (_what, ahead, called) => {
      const path = fakes({
        wg: `case "$*" in "show wg0 latest-handshakes") echo "${KEYS['wk-1']}	$(($(date +%s) + ${ahead}))" ;; esac`,
        perl: ': >"$(dirname "$0")/called"',
        ping: 'exit 1',
      });
      const context = gateContext({}, { patience: 0 });
      askGate(shell, handshake, context, nodeOf('ms-1'), { path: [path] });
      expect(existsSync(join(path, 'called'))).toBe(called);
    });
  });
});
