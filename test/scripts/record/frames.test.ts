import { framesOf, type Shot } from '../../../scripts/record/frames.js';

const shots = (...screens: readonly string[]): Shot[] =>
  screens.map((screen, index) => ({ at: index * 100, screen }));
const shown = (all: readonly Shot[], pace = { most: 9, longest: 1000 }) =>
  framesOf(all, pace).map(({ lines, ms }) => [
    lines
      .flat()
      .map(({ text }) => text)
      .join('|'),
    ms,
  ]);

it('shows each screen as long as it was there, and the last for a while', () => {
  expect(shown(shots('a', 'a', 'a', 'b', 'c'))).toEqual([
    ['a', 100],
    ['b', 100],
    ['c', 1000],
  ]);
});

it('shortens what takes long, and gives time to what is read', () => {
  const [asked, waits, ends] = shots('plan', 'work', 'GO');
  const all = [
    { ...(asked as Shot), reading: 6000 },
    { ...(waits as Shot), at: 7000 },
    { ...(ends as Shot), at: 60_000, reading: 2000 },
  ];
  expect(shown(all)).toEqual([
    ['plan', 6000],
    ['work', 1000],
    ['GO', 2000],
  ]);
});

it('spreads what it has room for, and keeps all that is read', () => {
  const work = shots(...Array.from({ length: 40 }, (_, index) => `work ${index}`));
  const all = [...work, { at: 4000, screen: 'GO', reading: 1 }];
  expect(shown(all, { most: 5, longest: 1000 }).map(([screen]) => screen)).toEqual([
    'work 5',
    'work 15',
    'work 25',
    'work 35',
    'GO',
  ]);
});
