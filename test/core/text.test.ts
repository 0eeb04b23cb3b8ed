import { count } from '../../src/core/text.js';

it.each([
  [0, '0 changes'],
  [1, '1 change'],
  [2, '2 changes'],
])('%d reads %s', (number, text) => expect(count(number, 'change')).toBe(text));
