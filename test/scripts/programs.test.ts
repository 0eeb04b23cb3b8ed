import { pathToFileURL } from 'node:url';

const { stripped }: { readonly stripped: (text: string, file: string) => string } = await import(
  pathToFileURL('scripts/programs.js').href
);

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

describe('a program as machines get it', () => {
  it.each<[what: string, from: string, to: string]>([
    ['indentation', lines('if a; then', '  b', 'fi'), lines('if a; then', 'b', 'fi')],
    ['comments and empty lines', lines('# Why.', '', 'a', '  # Why.', 'b # c'), lines('a', 'b # c')],
    ['a word with #', lines('a=$b##*/ c#d'), lines('a=$b##*/ c#d')],
    ['what goes on', lines('a \\', '  b'), lines('a b')],
    ['what goes on within a word', lines('a\\', '  b'), lines('a\\', '  b')],
    ['single quotes', lines("  a 'b", "  # c' d", '  e'), lines("a 'b", "  # c' d", 'e')],
    ['double quotes', lines('  a "b \\"', '  # c" d', '  e'), lines('a "b \\"', '  # c" d', 'e')],
    [
      'a substitution in quotes',
      lines('a "b $(', '  c "d', '    e" | f', ')', '  g"'),
      lines('a "b $(', 'c "d', '    e" | f', ')', '  g"'),
    ],
    ['a default', lines('a "${b:-', '  c}"', '  d'), lines('a "${b:-', '  c}"', 'd')],
    [
      'a case in a substitution',
      lines('a "$(', '  case b in', "    c) d '", "  e' ;;", '  esac', ')', '  f"', '  g'),
      lines('a "$(', 'case b in', "c) d '", "  e' ;;", 'esac', ')', '  f"', 'g'),
    ],
    [
      'a here-document',
      lines('  cat <<END && b', '  c "', '# d', 'END', '  e'),
      lines('cat <<END && b', '  c "', '# d', 'END', 'e'),
    ],
    [
      'a program of awk',
      lines("  awk -v a=' b ' '", '    { print }', "    # c'", '  d'),
      lines("awk -v a=' b ' '", '{ print }', "# c'", 'd'),
    ],
  ])('keeps what it means: %s', (_what, from, to) => {
    expect(stripped(from, 'x.sh')).toBe(to);
  });

  it('loses the indentation and the comments of perl', () => {
    expect(stripped(lines('# Why.', 'sub a {', '    # Why.', '', '    b("# c"); # d', '}'), 'x.pl')).toBe(
      lines('sub a {', 'b("# c"); # d', '}'),
    );
  });

  it.each([
    ["print <<'END';", 'a here-document'],
    ['=pod', 'pod'],
  ])('refuses perl with %s', (line) => {
    expect(() => stripped(lines(line), 'x.pl')).toThrow('x.pl: no here-document and no pod may stand here');
  });
});
