import { groupsOf } from '../../src/core/groups.js';

it('keeps the order of keys and of the items of each', () => {
  expect(groupsOf([3, 1, 4, 1, 5, 9], (number) => (number % 2 === 0 ? 'even' : 'odd'))).toEqual([
    [3, 1, 1, 5, 9],
    [4],
  ]);
  expect(groupsOf([], String)).toEqual([]);
});
