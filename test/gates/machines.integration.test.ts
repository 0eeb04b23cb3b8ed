import { clock } from '../../src/gates/clock.js';
import { twins } from '../../src/gates/twins.js';
import type { FragmentReply } from '../../src/remote/program.js';
import { reply, stops, verdictOf } from './fixture.js';

const NOW = 1_800_000_000_000;
/** A node whose clock is ahead by so many seconds, asked in a program of so many seconds. */
const at = (ahead: number, took = 0.2, asked = 0.1): FragmentReply =>
  reply(`clock ${Math.floor(NOW / 1000 + asked + ahead)}`, { between: [NOW, NOW + took * 1000] });

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
    ['a minute and a bit', { a: at(100) }, ['a: 100 s ahead'], '0 of 1 clock agree'],
    ['the way takes long', { a: at(0, 50, 49), b: at(0, 50, 1) }, [], '2 of 2 clocks agree'],
    ['the way hides less than it takes', { a: at(200, 50, 25) }, ['a: 175 s ahead'], '0 of 1 clock agree'],
    [
      'ours alone is wrong',
      { a: at(7200), b: at(7210) },
      [],
      '2 of 2 clocks agree; the clock here is 2 h behind',
    ],
    [
      'nobody agrees: ours is believed',
      { a: at(7200), b: at(-7200) },
      ['a: 2 h ahead', 'b: 1 h 59 min behind'],
      '0 of 2 clocks agree',
    ],
  ])('%s', (_what, offsets, expected, summary) => {
    const verdict = clocks(offsets);
    expect(stops(verdict)).toEqual(expected);
    expect(verdict.summary).toBe(summary);
  });

  it('takes as many seconds as it is given', () => {
    expect(stops(clocks({ a: at(100) }, { within: 120 }))).toEqual([]);
    expect(stops(clocks({ a: at(100) }, { within: 30 }))).toHaveLength(1);
  });
});

describe('twins', () => {
  const said = (machine: string, ...keys: string[]): string =>
    [`machine ${machine}`, ...keys.map((key) => `host ${key}`)].join('\n');
  const [ONE, TWO] = ['1'.repeat(32), '2'.repeat(32)];
  const judged = (replies: Readonly<Record<string, string>>) =>
    verdictOf(twins, {}, replies, { measured: Object.keys(replies) });

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['two machines', { a: said(ONE, 'ssh-ed25519 AAA'), b: said(TWO, 'ssh-ed25519 BBB') }, []],
    [
      'one machine-id',
      { a: said(ONE, 'ssh-ed25519 AAA'), b: said(ONE, 'ssh-ed25519 BBB'), c: said(TWO) },
      ['a -> b: it has the machine-id of b', 'b -> a: it has the machine-id of a'],
    ],
    [
      'host keys',
      { a: said(ONE, 'ssh-rsa R', 'ssh-ed25519 A'), b: said(TWO, 'ssh-rsa R', 'ssh-ed25519 A') },
      [
        'a -> b: it has the SSH host keys (ssh-rsa, ssh-ed25519) of b',
        'b -> a: it has the SSH host keys (ssh-rsa, ssh-ed25519) of a',
      ],
    ],
    ['an id that is made at boot', { a: said('none'), b: said('none'), c: said('uninitialized') }, []],
  ])('%s', (_what, replies, expected) => {
    expect(stops(judged(replies)).map((text) => text.replace(/: one is a copy.*/, ''))).toEqual(expected);
  });

  it('names no command, since a new identity can cut a machine off', () => {
    const { findings } = judged({ a: said(ONE, 'ssh-rsa R'), b: said(ONE, 'ssh-rsa R') });
    expect(findings[0]?.fix).toBe(
      'give one of the two a machine-id of its own (where DHCP goes by it, its address changes: have its console at hand), and SSH host keys of its own (known_hosts has to be given the new one)',
    );
  });
});
