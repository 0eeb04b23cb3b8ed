import { glossaryText, pageText } from '../../../src/render/help/page-text.js';
import { PLAIN } from '../helpers.js';

it('shows a page without its markup', () => {
  const page =
    '# T\n\nSee [the\nguide](guide.md) now.\n\n## How\n\n    FAILED  x\n      y\n\n- one two\n  three\n- four\n';
  expect(pageText(page, { paint: PLAIN, width: 13 })).toBe(
    'T\n\nSee the guide\nnow.\n\nHow\n\n    FAILED  x\n      y\n\n- one two\n  three\n- four\n',
  );
});

it('lists names next to their meanings', () => {
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
