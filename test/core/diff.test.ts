import { unifiedDiff } from '../../src/core/diff.js';

const diff = (a: string, b: string): string[] => unifiedDiff(a, b, '/f').split('\n').slice(2);

describe('unifiedDiff', () => {
  it('is empty if nothing differs', () => {
    expect(unifiedDiff('a\n', 'a\n', '/f')).toBe('');
  });

  it('names the file first', () => {
    expect(unifiedDiff('', 'a\n', '/f').split('\n').slice(0, 2)).toEqual(['--- /f', '+++ /f']);
  });

  it.each<[string, string, string, string[]]>([
    ['a new file', '', 'a\nb\n', ['+a', '+b']],
    ['an emptied file', 'a\n', '', ['-a']],
    ['a changed line', 'a\nb\nc\n', 'a\nB\nc\n', [' a', '-b', '+B', ' c']],
    ['a newline lost', 'a\n', 'a', ['-a', '+a', ' (no newline at the end)']],
    ['an inserted line', 'a\nc\n', 'a\nb\nc\n', [' a', '+b', ' c']],
    ['a repeated line added', 'a\na\n', 'a\na\na\n', [' a', ' a', '+a']],
    [
      'far context left out',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
      '1\n2\n3\n4\nX\n6\n7\n8\n9\n',
      [' ...', ' 2', ' 3', ' 4', '-5', '+X', ' 6', ' 7', ' 8', ' ...'],
    ],
    [
      'two hunks',
      'a\n1\n2\n3\n4\n5\n6\n7\nb\n',
      'A\n1\n2\n3\n4\n5\n6\n7\nB\n',
      ['-a', '+A', ' 1', ' 2', ' 3', ' ...', ' 5', ' 6', ' 7', '-b', '+B'],
    ],
  ])('shows %s', (_name, before, after, lines) => {
    expect(diff(before, after)).toEqual(lines);
  });

  it('leads from the one text to the other', () => {
    const before = 'a\nb\nc\na\nb\nb\na\n';
    const after = 'c\nb\na\nb\na\nc\n';
    const lines = diff(before, after);
    const side = (sign: string) =>
      lines.filter((line) => line[0] === ' ' || line[0] === sign).map((line) => `${line.slice(1)}\n`);
    expect(side('-').join('')).toBe(before);
    expect(side('+').join('')).toBe(after);
    expect(lines.filter((line) => line[0] === ' ')).toHaveLength(4);
  });

  it('stays bounded for large files', () => {
    const text = (tag: string): string => Array.from({ length: 20_000 }, (_, n) => `${tag}${n}\n`).join('');
    const started = performance.now();
    const lines = diff(text('a'), text('b'));
    expect(performance.now() - started).toBeLessThan(3000);
    expect(lines).toHaveLength(1001);
    expect(lines.at(-1)).toBe(' (39000 more lines)');
  });
});
