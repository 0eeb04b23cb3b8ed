import { byName, inParts, mapped, type Question, when } from '../../src/remote/question.js';
import { standalone } from '../../src/remote/script.js';

const text = (script = ':'): Question<string> => ({ script, parse: ({ stdout }) => stdout });
const reply = (stdout: string) => ({ id: 'x', code: 0, stdout, stderr: '' });

describe('questions asked as one', () => {
  const both = inParts({ first: text('echo a'), last: text('echo b') });

  it('are asked in the order of their keys', () => {
    expect(standalone(both.script)).toBe("echo '@@ part first'\necho a\necho '@@ part last'\necho b");
  });

  it.each([
    ['@@ part first\na\n@@ part last\nb\n', { first: 'a\n', last: 'b\n' }],
    ['@@ part first\n@@ part last\n', { first: '', last: '' }],
    ['said before\n@@ part first\na\n', { first: 'a\n', last: '' }],
    ['@@ part last\nb\n', { first: '', last: 'b\n' }],
    ['', { first: '', last: '' }],
    [
      '@@ part first\na\n@@ part last\nb\n@@ part first\n@@ part last\n',
      {
        first: 'a\n',
        last: 'b\n@@ part first\n@@ part last\n',
      },
    ],
    ['@@ part first\na @@ part last\n@@ part last\nb', { first: 'a @@ part last\n', last: 'b' }],
  ])('are cut out of %j', (stdout, answers) => {
    expect(both.parse(reply(stdout))).toEqual(answers);
  });

  it('may be one for each name, in any order of the names', () => {
    const each = byName(['10', '2'], (name) => mapped(text(), (said) => `${name}: ${said.trim()}`));
    expect([...each.parse(reply('@@ part 10\nten\n@@ part 2\ntwo\n'))]).toEqual([
      ['10', '10: ten'],
      ['2', '2: two'],
    ]);
    expect([...each.parse(reply('@@ part 2\ntwo\n')).keys()]).toEqual(['2']);
  });

  it('may be parts of parts', () => {
    const nested = inParts({ head: both, tail: text() });
    const stdout = '@@ part head\n@@ part first\na\n@@ part last\nb\n@@ part tail\nc\n';
    expect(nested.parse(reply(stdout))).toEqual({ head: { first: 'a\n', last: 'b\n' }, tail: 'c\n' });
  });

  it('may hang on a condition', () => {
    expect(standalone(when('false', text('echo a')).script)).toBe('if false; then\necho a\nfi');
  });
});
