import { duration, wrapLine, wrapReport, wrapWords } from '../../src/render/text.js';

it.each([
  [0, '0 ms'],
  [180.4, '180 ms'],
  [2130, '2.1 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [185_000, '3 min 5 s'],
])('%d ms reads %s', (ms, text) => expect(duration(ms)).toBe(text));

it('wraps at the width, and indents what follows', () => {
  expect(wrapWords('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrapWords('- one two three', 9, 2)).toEqual(['- one two', '  three']);
});

it('breaks only what is longer than a line, a path after a slash', () => {
  expect(wrapWords('write /etc/sysctl.d/99-mesh.conf', 26)).toEqual(['write', '/etc/sysctl.d/99-mesh.conf']);
  expect(wrapWords('write /etc/sysctl.d/99-mesh.conf', 20, 2)).toEqual([
    'write /etc/sysctl.d/',
    '  99-mesh.conf',
  ]);
  expect(wrapWords('abcdefghijklmnopqr st', 12)).toEqual(['abcdefghijkl', 'mnopqr st']);
});

it('breaks a line of a megabyte, and takes no longer than it is long', () => {
  const text = `${'a'.repeat(2 ** 20)} ${'/b'.repeat(2 ** 19)}`;
  const begun = performance.now();
  const lines = wrapWords(text, 72);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(lines.join('')).toBe(text.replace(' ', ''));
  expect(Math.max(...lines.map((line) => line.length))).toBe(72);
});

it('does not count colours as columns', () => {
  expect(wrapWords('\u001b[31mone two\u001b[39m three', 13)).toEqual(['\u001b[31mone two\u001b[39m three']);
});

it('keeps the indentation of a line that it wraps, and leaves one that fits as it is', () => {
  expect(wrapLine('+  ip  saddr', 20, 2)).toEqual(['+  ip  saddr']);
  expect(wrapLine('+  ip saddr 10.8.0.2 accept', 20, 2)).toEqual(['+  ip saddr 10.8.0.2', '     accept']);
});

it('aligns what it wraps of a report with what follows its label', () => {
  const report =
    'STOP verify / ping\n  a -> b\n    seen      no answer to any of the 3 pings\n  fix: look at the rules of b';
  expect(wrapReport(report, 28).split('\n')).toEqual([
    'STOP verify / ping',
    '  a -> b',
    '    seen      no answer to',
    '              any of the 3',
    '              pings',
    '  fix: look at the rules of',
    '       b',
  ]);
});
