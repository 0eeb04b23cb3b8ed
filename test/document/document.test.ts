import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblem, InputError } from '../../src/core/errors.js';
import { loadDocument, parseYaml } from '../../src/document/index.js';

function problems(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(formatProblem);
  }
}

describe('files that are refused', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-document-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const refused = (name: string) =>
    problems(() => loadDocument(join(folder, name))).map((p) => p.replace(`${folder}/`, ''));
  const write = (name: string, bytes: string | Buffer) => writeFileSync(join(folder, name), bytes);

  it('missing', () => {
    expect(refused('none.yaml')).toEqual(['none.yaml  no such file; check the path']);
    write('file', 'a: 1');
    expect(refused('file/x.yaml')).toEqual(['file/x.yaml  part of the path is not a folder; check the path']);
  });

  it('a directory', () => {
    mkdirSync(join(folder, 'dir'));
    expect(refused('dir')).toEqual(['dir  is a directory; name a file in it']);
  });

  it('no regular file', () => {
    expect(problems(() => loadDocument('/dev/null'))).toEqual([
      '/dev/null  is not a regular file; write it to a file first',
    ]);
  });

  it('unreadable', () => {
    write('secret.yaml', 'a: 1');
    chmodSync(join(folder, 'secret.yaml'), 0);
    const wanted = 'secret.yaml  permission denied; give yourself read permission on it and its folder';
    const asUser = process.getuid?.() === 0 && process.seteuid;
    if (asUser) {
      chmodSync(folder, 0o755);
      process.seteuid?.(65534);
    }
    try {
      expect(refused('secret.yaml')).toEqual([wanted]);
    } finally {
      if (asUser) process.seteuid?.(0);
    }
  });

  it('50 MB, at once', () => {
    write('big.yaml', '');
    truncateSync(join(folder, 'big.yaml'), 50 * 1024 * 1024);
    const started = performance.now();
    expect(refused('big.yaml')).toEqual(['big.yaml  is too large (50.0 MiB); the limit is 1 MiB']);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('not UTF-8, NUL, or another control character', () => {
    write('latin.yaml', Buffer.from('a: 1\nb: caf\xe9\n', 'latin1'));
    expect(refused('latin.yaml')).toEqual(['latin.yaml:2:7  is not UTF-8 text; save the file as UTF-8']);
    write('nul.yaml', 'a: 1\nb: x\0y\n');
    expect(refused('nul.yaml')).toEqual([
      'nul.yaml:2:5  contains a NUL character; remove it; the file must be plain text',
    ]);
    write('esc.yaml', 'a: \u001b[31m\n');
    expect(refused('esc.yaml')).toEqual([
      'esc.yaml:1:4  contains the control character U+001B; remove it; the file must be plain text',
    ]);
  });

  it('a byte order mark and CRLF are no harm', () => {
    write('windows.yaml', '\ufeffa: 1\r\nb: x\r\n');
    expect(loadDocument(join(folder, 'windows.yaml')).value).toEqual({ a: 1, b: 'x' });
  });
});

const bomb = `a: &a [x, x, x, x, x, x, x, x]\n${[...'bcdefghi']
  .map((name, i) => {
    const last = 'abcdefgh'[i];
    return `${name}: &${name} [${Array(8).fill(`*${last}`).join(', ')}]`;
  })
  .join('\n')}\n`;

describe('YAML that is refused', () => {
  it.each<readonly [what: string, text: string, lines: readonly string[]]>([
    [
      'tabs',
      'a:\n\tb: 1\n',
      ['2:1  is indented with a tab; indent with spaces; YAML does not allow tabs there'],
    ],
    ['duplicate keys', 'a: 1\nb: 2\na: 3\n', ['3:1  a: duplicate key (first on line 1); keep one of them']],
    [
      'several documents',
      'a: 1\n---\nb: 2\n',
      ['2:1  contains more than one document; keep one document per file; remove the "---"'],
    ],
    ['an unknown anchor', 'a: *x\n', ['1:4  a: no anchor &x above this alias; write out the value']],
    [
      'an alias to itself',
      'a: &x [*x]\n',
      ['1:8  a[0]: alias *x is inside its own anchor; write out the value'],
    ],
    [
      'a merge key',
      'a: &x { k: 1 }\nb: { <<: *x }\n',
      ['2:6  b.<<: merge keys are not supported; write out the keys, or use `defaults`'],
    ],
    ['__proto__', '__proto__: { x: 1 }\n', ['1:1  __proto__: reserved name; choose another name']],
    [
      'constructor, prototype',
      'a: { constructor: 1, prototype: 2 }\n',
      [
        '1:6  a.constructor: reserved name; choose another name',
        '1:22  a.prototype: reserved name; choose another name',
      ],
    ],
    ['empty', '', ['1:1  is empty; write "key: value" lines']],
    ['only comments', '# nothing\n', ['1:1  is empty; write "key: value" lines']],
    ['a list', '- a\n', ['1:1  must be a mapping at the top level; write "key: value" lines']],
    ['text', 'hello\n', ['1:1  must be a mapping at the top level; write "key: value" lines']],
    [
      'an open quote',
      'a: "x\nb: 1\n',
      ['1:4  the quote that begins here is not closed; add one at the end of the value'],
    ],
    ['an open brace', 'a: { b: 1\nc: 1\n', ['1:4  "{" is not closed; add "}"']],
    ['an open bracket', 'a:\n  b: [1, 2\n  c: 1\n', ['2:6  "[" is not closed; add "]"']],
    ['an open bracket in a brace', 'a: { b: 1, c: [1, 2 }\nd: 1\n', ['1:15  "[" is not closed; add "]"']],
    [
      'two open brackets',
      'a: [1, 2\nb: 1\nc: { d: 1\ne: 1\n',
      ['1:4  "[" is not closed; add "]"', '3:4  "{" is not closed; add "}"'],
    ],
    [
      'a key that is indented further than its siblings',
      'a:\n  b: 1\n\n    c: 2\n  d: 3\n',
      ['4:5  is indented too far; align it with its sibling entries'],
    ],
    [
      'a value without a space, between others',
      'a:\n  site: home\n  lan:192.168.1.2\n  ssh: x\n',
      ['3:3  lacks a space after "lan:"; write "lan: ..."'],
    ],
    [
      'a value without a space, at the end',
      'a:\n  site: home\n  lan:192.168.1.2\n',
      ['3:3  lacks a space after "lan:"; write "lan: ..."'],
    ],
    ['two colons', 'a: b: c\n', ['1:4  unexpected second ":"; quote values that contain ": "']],
    [
      'bad indentation',
      'a:\n    b: 1\n  c: 2\n',
      ['3:3  wrong indentation; align it with its sibling entries'],
    ],
    [
      'a first entry that is indented too far, among others',
      'a:\n    b: 1\n  c: 2\n\n  # comment\n  d:\n    e: 1\n  f: 1\n',
      ['3:3  wrong indentation; align it with its sibling entries'],
    ],
    [
      'bad indentation in two places, after comments',
      'a:\n    b: 1\n  # comment\n  c: 2\nd:\n    e: 1\n\n  f: 2\n',
      [
        '4:3  wrong indentation; align it with its sibling entries',
        '8:3  wrong indentation; align it with its sibling entries',
      ],
    ],
    [
      'a first line that is indented',
      '# comment\n a: 1\nb:\n  c: 2\nd: 1\n',
      ['3:1  is indented less than the first entry; remove the spaces before the first entry'],
    ],
    ['no space', 'a:1\nb: 2\n', ['1:1  lacks a space after "a:"; write "a: ..."']],
    ['a tag', 'a: !js x\n', ['1:4  unknown tag; remove the "!..."']],
    ['a tag of YAML for bytes', 'a: !!binary aGVsbG8=\n', ['1:4  unknown tag; remove the "!..."']],
    ['a tag of YAML for sets', 'a: !!set { b }\n', ['1:4  unknown tag; remove the "!..."']],
    [
      'a reserved character',
      'a: @x\n',
      ['1:4  begins with a character that is reserved in YAML; quote the value'],
    ],
    [
      'a complex key',
      '? [a]\n: 1\n',
      ['1:3  key must be plain text; write "key: value", or quote a text that begins with a bracket'],
    ],
    [
      'YAML 1.1',
      '%YAML 1.1\n---\na: yes\n',
      ['1:1  requests YAML 1.1; remove the %YAML line; files are read as YAML 1.2'],
    ],
  ])('%s', (_what, text, lines) => {
    expect(problems(() => parseYaml('f.yaml', text))).toEqual(lines.map((line) => `f.yaml:${line}`));
  });

  it('an alias bomb, in bounded time', () => {
    const started = performance.now();
    const found = problems(() => parseYaml('f.yaml', bomb));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/uses more than 50 aliases; write out the values$/);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each([
    ['brackets', `a: ${'['.repeat(500_000)}`],
    ['braces', `a: ${'{'.repeat(500_000)}`],
    ['dashes', `${'- '.repeat(300_000)}x`],
    ['indentation', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('nesting without end: %s', (_what, text) => {
    const found = problems(() => parseYaml('f.yaml', text));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/is nested more than 64 levels deep; flatten it$/);
  });
});

describe('a document', () => {
  const document = parseYaml('f.yaml', 'a: 1\nb:\n  - x: 1.50\n  - &k { y: z }\nc: *k\n"7": on\n');

  it('is plain data without prototypes', () => {
    expect(document.value).toEqual({ a: 1, b: [{ x: 1.5 }, { y: 'z' }], c: { y: 'z' }, '7': 'on' });
    expect(Object.getPrototypeOf(document.value)).toBeNull();
    expect('toString' in document.value).toBe(false);
  });

  it('knows where everything is', () => {
    expect(document.keyPosition(['b', 0, 'x'])).toEqual({ line: 3, column: 5 });
    expect(document.position(['b', 0, 'x'])).toEqual({ line: 3, column: 8 });
    expect(document.source(['b', 0, 'x'])).toBe('1.50');
    expect(document.position(['b', 2])).toBeUndefined();
    expect(document.position(['7'])).toEqual({ line: 6, column: 6 });
  });

  it('places a problem of something missing at what should hold it', () => {
    expect(document.problem(['b', 0, 'q'], 'is missing')).toMatchObject({
      line: 3,
      column: 5,
      path: 'b[0].q',
    });
  });
});
