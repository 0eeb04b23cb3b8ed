import { sanitize } from '../../src/remote/sanitize.js';

describe('what a remote machine said', () => {
  it.each([
    ['plain text\twith\nlines ü ✓ 😀', 'plain text\twith\nlines ü ✓ 😀'],
    ['\x1b[31mred\x1b[0m', 'red'],
    ['\x1b]0;title\x07after', 'after'],
    ['\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\x1b]0;never ends', ''],
    ['\x1b]0;ends with the line\nnext', '\nnext'],
    ['\x1bPdevice\x1b\\x', 'x'],
    ['\x9b2Jx', 'x'],
    ['\x9d0;title\x9cx', 'x'],
    ['\x1bcx', 'x'],
    ['\x1b(0x', 'x'],
    ['\x1b', ''],
    ['over\rwritten\b\x00\x7f\x85', 'overwritten'],
    ['\u202eevil\u202c \u2066x\u2069\u200f\u061c', 'evil x'],
  ])('%j becomes %j', (text, clean) => {
    expect(sanitize(text)).toBe(clean);
  });

  it('is cut at a length, never in the middle of a character', () => {
    expect(sanitize('abcdef', 6)).toBe('abcdef');
    expect(sanitize('abcdef', 4)).toBe('abc…');
    expect(sanitize('ab😀def', 4)).toBe('ab…');
    expect(sanitize('\x1b[1mabc\x1b[0m', 3)).toBe('abc');
  });

  it('is clean after one pass, whatever is nested', () => {
    const text = '\x1b\x1b[1m[31mx\x1b]\x1b]0;\x07';
    expect(sanitize(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  });

  it('takes linear time', () => {
    const started = performance.now();
    sanitize('\x1b]'.repeat(200_000) + '\x1b['.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
