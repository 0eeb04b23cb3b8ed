import { glossaryText, pageText, wrap } from '../../src/render/page-text.js';
import { PLAIN } from './helpers.js';

it('wraps at the width, and indents what follows', () => {
  expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrap('- one two three', 9, 2)).toEqual(['- one two', '  three']);
  expect(wrap('a-word-that-is-too-long b', 5)).toEqual(['a-word-that-is-too-long', 'b']);
});

it('shows a page without its markup', () => {
  const page =
    '# T\n\nSee [the\nguide](guide.md) now.\n\n## How\n\n    FAILED  x\n      y\n\n- one two\n  three\n- four\n';
  expect(pageText(page, { paint: PLAIN, width: 13 })).toBe(
    'T\n\nSee the guide\nnow.\n\nHow\n\n    FAILED  x\n      y\n\n- one two\n  three\n- four\n',
  );
});

it('lists names beside their meanings', () => {
  expect(
    glossaryText(
      [
        ['a', 'first thing'],
        ['long', 'x'],
      ],
      16,
    ),
  ).toBe('  a     first\n        thing\n  long  x\n');
});
