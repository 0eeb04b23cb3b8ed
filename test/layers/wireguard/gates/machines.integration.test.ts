import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clock } from '../../../../src/layers/host/gates/clock.js';
import { twins } from '../../../../src/layers/wireguard/gates/twins.js';
import type { FragmentReply } from '../../../../src/remote/program.js';
import { SHELLS } from '../../../support/shells.js';
import { askGate, gateContext, NETWORK, nodeOf, reply, stops, verdictOf } from './fixture.js';

const NOW = 1_800_000_000_000;
/** A node whose clock is ahead by so many seconds, asked in a program of so many seconds. */
const at = (ahead: number, took = 0.2, asked = 0.1, ...more: readonly string[]): FragmentReply =>
  reply([`clock ${Math.floor(NOW / 1000 + asked + ahead)}`, ...more].join('\n'), {
    between: [NOW, NOW + took * 1000],
  });
const saying = (kept: string, ahead: number): FragmentReply => at(ahead, 0.2, 0.1, `kept ${kept}`);

function clocks(offsets: Readonly<Record<string, FragmentReply>>, params = {}) {
  return verdictOf(clock, params, offsets, { measured: Object.keys(offsets) });
}

describe('clock', () => {
  it.each<[string, Readonly<Record<string, FragmentReply>>, readonly string[], string]>([
    ['agree', { a: at(0), b: at(20), c: at(-20) }, [], '3 of 3 clocks agree'],
    [
      'one behind',
      { a: at(0), b: at(-3600 * 3 - 300), c: at(0) },
      ['b: 3 h 4 min behind'],
      '2 of 3 clocks agree',
    ],
    ['one ahead', { a: at(0), b: at(86_400 * 400) }, ['b: 400 d ahead'], '1 of 2 clocks agree'],
    ['a minute and a bit', { a: at(100), b: at(0) }, ['a: 100 s ahead'], '1 of 2 clocks agree'],
    ['the way takes long', { a: at(0, 50, 49), b: at(0, 50, 1) }, [], '2 of 2 clocks agree'],
    [
      'the way hides less than it takes',
      { a: at(200, 50, 25), b: at(0) },
      ['a: 175 s ahead'],
      '1 of 2 clocks agree',
    ],
    [
      'ours alone is wrong',
      { a: at(7200), b: at(7210) },
      [],
      '2 of 2 clocks agree; the clock of this machine is 2 h behind',
    ],
    [
      'nobody agrees',
      { a: at(7200), b: at(-7200) },
      [
        "a: 2 h ahead, and different from b; it isn't known which is wrong",
        "b: 1 h 59 min behind, and different from a; it isn't known which is wrong",
      ],
      "0 of 2 clocks agree; it isn't known which is wrong",
    ],
    [
      'two against two, this machine among them',
      { a: at(0), b: at(7200), c: saying('unknown', 7200) },
      [
        "b: 2 h ahead, and different from a; it isn't known which is wrong",
        "c: 2 h ahead, and different from a; it isn't known which is wrong",
      ],
      "1 of 3 clocks agree; it isn't known which is wrong",
    ],
    [
      'two against two, of which NTP keeps one',
      { a: at(0), b: at(7200), c: saying('yes', 7200) },
      ['a: 1 h 59 min behind'],
      '2 of 3 clocks agree; the clock of this machine is 2 h behind',
    ],
    [
      'nobody agrees, but NTP keeps one',
      { a: saying('yes', 7200), b: saying('no', -7200) },
      ['b: 3 h 59 min behind'],
      '1 of 2 clocks agree; the clock of this machine is 2 h behind',
    ],
    [
      'nobody agrees, and NTP keeps both',
      { a: saying('yes', 7200), b: saying('yes', -7200) },
      [
        "a: 2 h ahead, and different from b; it isn't known which is wrong",
        "b: 1 h 59 min behind, and different from a; it isn't known which is wrong",
      ],
      "0 of 2 clocks agree; it isn't known which is wrong",
    ],
    [
      'most outvote what one says of itself',
      { a: saying('yes', 7200), b: at(0), c: at(0) },
      ['a: 2 h ahead'],
      '2 of 3 clocks agree',
    ],
    [
      'one that NTP keeps against ours',
      { a: saying('yes', 7200) },
      [],
      '1 of 1 clock agree; the clock of this machine is 2 h behind',
    ],
  ])('%s', (_what, offsets, expected, summary) => {
    const verdict = clocks(offsets);
    expect(stops(verdict)).toEqual(expected);
    expect(verdict.summary).toBe(summary);
  });

  it('takes as many seconds as it is given', () => {
    expect(stops(clocks({ a: at(100), b: at(0) }, { within: 120 }))).toEqual([]);
    expect(stops(clocks({ a: at(100), b: at(0) }, { within: 30 }))).toHaveLength(1);
  });

  it.each<[string, FragmentReply]>([
    ['nothing keeps it', saying('no', 7200)],
    ['nobody knows what keeps it', saying('unknown', 7200)],
    ['it was not asked', at(7200)],
  ])('notes one node that differs only from this machine: %s', (_what, answer) => {
    const verdict = clocks({ a: answer });
    expect(verdict.summary).toBe("0 of 1 clock agree; it isn't known which is wrong");
    expect(verdict.findings).toEqual([
      {
        node: 'a',
        go: true,
        noted: true,
        expected: 'within 60 s of the clock of this machine',
        seen: "2 h ahead; it isn't known which is wrong, as a does not report NTP sync",
        fix: 'compare both with a clock that you trust; if a is wrong: set the clock of a and keep it in sync (systemd-timesyncd or chrony), not over a tunnel: its peers refuse the handshakes of a machine whose clock goes backwards',
      },
    ]);
  });

  describe.each(SHELLS)('asked in $name', (shell) => {
    const bin = mkdtempSync(join(tmpdir(), 'bridgehead-clock-'));
    const program = (name: string, text: string): void =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const answer = (within = 60): FragmentReply =>
      askGate(shell, clock, gateContext({ within }), nodeOf('ms-1'), {
        path: [bin],
      });
    afterAll(() => rmSync(bin, { recursive: true, force: true }));

    it.each<[string, string]>([
      ['               System clock synchronized: yes', 'yes'],
      ['     NTP enabled: no\nNTP synchronized: no', 'no'],
      ['Failed to connect to bus', 'unknown'],
    ])('says what keeps a clock that is far away: %s', (said, kept) => {
      program('timedatectl', `cat <<'SAID'\n${said}\nSAID`);
      for (const away of [7200, -7200]) {
        program('date', `echo ${Math.floor(Date.now() / 1000) + away}`);
        expect(answer()).toMatchObject({ code: 0, stderr: '' });
        expect(answer().stdout).toMatch(new RegExp(`^clock \\d+\nkept ${kept}\nend\n$`));
      }
    });

    it('asks nothing more of a clock that agrees', () => {
      program('timedatectl', 'echo asked >&2');
      program('date', `echo ${Math.floor(Date.now() / 1000)}`);
      expect(answer()).toMatchObject({ code: 0, stderr: '' });
      expect(answer().stdout).toMatch(/^clock \d+\nend\n$/);
    });
  });
});

describe('twins', () => {
  const BOOT = '8f7a4f7e-0b1c-4d2e-9a55-1f2e3d4c5b6a';
  const said = (machine: string, running: string, ...keys: string[]): string =>
    [`machine ${machine}`, ...keys.map((key) => `host ${key}`), `running ${running}`].join('\n');
  const [ONE, TWO] = ['1'.repeat(32), '2'.repeat(32)];
  const [EARLY, LATE] = [`${BOOT} 31`, `${BOOT} 4400`];
  const judged = (replies: Readonly<Record<string, string>>) =>
    verdictOf(twins, {}, replies, { measured: Object.keys(replies) });
  const notes = (replies: Readonly<Record<string, string>>): string[] =>
    judged(replies).findings.flatMap(({ node, peer, go, noted, seen }) =>
      go && noted ? [`${node} -> ${peer}: ${seen}`] : [],
    );

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['two machines', { a: said(ONE, EARLY, 'ssh-ed25519 AAA'), b: said(TWO, LATE, 'ssh-ed25519 BBB') }, []],
    [
      'one machine-id',
      {
        a: said(ONE, EARLY, 'ssh-ed25519 AAA'),
        b: said(ONE, LATE, 'ssh-ed25519 BBB'),
        c: said(TWO, 'none none'),
      },
      ['a -> b: it has the machine-id of b', 'b -> a: it has the machine-id of a'],
    ],
    [
      'host keys',
      {
        a: said(ONE, EARLY, 'ssh-rsa R', 'ssh-ed25519 A'),
        b: said(TWO, LATE, 'ssh-rsa R', 'ssh-ed25519 A'),
      },
      [
        'a -> b: it has the SSH host keys (ssh-rsa, ssh-ed25519) of b',
        'b -> a: it has the SSH host keys (ssh-rsa, ssh-ed25519) of a',
      ],
    ],
    [
      'an id that is made at boot',
      { a: said('none', EARLY), b: said('none', EARLY), c: said('uninitialized', LATE) },
      [],
    ],
  ])('are noted and stop nothing: %s', (_what, replies, expected) => {
    expect(stops(judged(replies))).toEqual([]);
    expect(notes(replies).map((text) => text.replace(/: one is a copy.*/, ''))).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ['copies on one host', EARLY, LATE],
    ['copies that don’t say when they were started', 'none none', 'none none'],
    ['copies of which one doesn’t say it', EARLY, `${BOOT} none`],
  ])('are no one machine: %s', (_what, one, other) => {
    const replies = { 'ms-1': said(ONE, one, 'ssh-rsa R'), 'wk-1': said(ONE, other, 'ssh-rsa R') };
    expect(stops(judged(replies))).toEqual([]);
    expect(notes(replies)).toHaveLength(2);
  });

  it('stops for one machine that is to be two members of a network', () => {
    const verdict = judged({
      'ms-1': said(ONE, EARLY, 'ssh-rsa R'),
      'wk-1': said(ONE, EARLY, 'ssh-rsa R'),
      'wk-2': said(TWO, LATE, 'ssh-rsa S'),
    });
    const seen = `both are the same machine: same host keys, machine-id and boot; it can't be two members of network ${NETWORK.name}`;
    expect(stops(verdict)).toEqual([`ms-1 -> wk-1: ${seen}`, `wk-1 -> ms-1: ${seen}`]);
    expect(verdict.summary).toBe('1 of 3 nodes not a copy of another');
  });

  it('has a fix that neither names a command nor asks for one now', () => {
    const { findings } = judged({ a: said(ONE, EARLY, 'ssh-rsa R'), b: said(ONE, LATE, 'ssh-rsa R') });
    expect(findings.map(({ fix }) => fix)).toEqual([
      expect.stringMatching(/^not urgent, the network works anyway: /),
      expect.stringMatching(/^not urgent, the network works anyway: /),
    ]);
    expect(findings[0]?.fix).not.toMatch(/`|machine-id|ssh-keygen/);
  });

  it.each(SHELLS)('reads who a machine is in $name', (shell) => {
    const answer = askGate(shell, twins, gateContext({}), nodeOf('ms-1'));
    expect([answer.code, answer.stderr]).toEqual([0, '']);
    const started = readFileSync('/proc/1/stat', 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19];
    expect(answer.stdout).toMatch(new RegExp(`^running [0-9a-f-]{36} ${started}$`, 'm'));
  });
});
