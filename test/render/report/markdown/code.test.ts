import { code, codeBlock, prose } from '../../../../src/render/report/markdown/code.js';

it.each([
  ['wg0', '`wg0`'],
  ['two\n lines ', '`two lines`'],
  ['a `b` c', '``a `b` c``'],
  ['`b`', '`` `b` ``'],
  ['<img src=x> [y](z) @all', '`<img src=x> [y](z) @all`'],
  ['', ''],
  ['x'.repeat(600), `\`${'x'.repeat(499)}…\``],
])('%j', (text, expected) => {
  expect(code(text)).toBe(expected);
});

it('writes what would split a table without any character of Markdown or HTML', () => {
  expect(code('a | b \\| <img>*`www.x.y http://z')).toBe(
    '<code>a &#124; b &#92;&#124; &#60;img&#62;&#42;&#96;www&#46;x.y http&#58;//z</code>',
  );
});

it('fences a block with more than it has itself', () => {
  expect(codeBlock('a\n````\nb\n')).toBe('`````\na\n````\nb\n`````');
});

it('fences a block however many runs of backquotes it has', () => {
  expect(codeBlock('`` '.repeat(300_000)).slice(0, 6)).toBe('```\n``');
});

it.each([
  ['11 of 12 pairs answer (in 2.1 s)', '11 of 12 pairs answer (in 2.1 s)'],
  ['edge-2: run `bridgehead apply --resume`', 'edge-2: run `bridgehead apply --resume`'],
  ['a `b', '``a `b``'],
  ['http://x', '`http://x`'],
  ['- x', '`- x`'],
  ['1. x', '`1. x`'],
  ['see www.example.net', '`see www.example.net`'],
  ['a_b_c', '`a_b_c`'],
  ['ask @all', '`ask @all`'],
])('writes %j as words only if it is', (text, expected) => {
  expect(prose(text)).toBe(expected);
});
