import { Screen } from '../../../../src/render/live/tree/screen.js';

const up = (rows: number): string => `${'\u001b[1A\u001b[2K'.repeat(rows)}\r`;

function screenOf(columns: () => number) {
  const written: string[] = [];
  const screen = new Screen({ write: (text) => written.push(text), columns });
  return { screen, last: () => written.at(-1) };
}

it('replaces what it drew, and nothing above it', () => {
  const { screen, last } = screenOf(() => 80);
  screen.draw(['one', 'two']);
  expect(last()).toBe('one\ntwo\n');
  screen.draw(['three']);
  expect(last()).toBe(`${up(2)}three\n`);
  screen.clear();
  expect(last()).toBe(up(1));
  screen.clear();
  expect(last()).toBe('');
});

it('erases the rows that lines take since the terminal is narrower', () => {
  let columns = 80;
  const { screen, last } = screenOf(() => columns);
  screen.draw(['x'.repeat(70), '', `\u001b[31m${'y'.repeat(20)}\u001b[39m`]);
  columns = 30;
  screen.draw([]);
  expect(last()).toBe(up(5));
});
