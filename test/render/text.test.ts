import { duration } from '../../src/render/text.js';

it.each([
  [0, '0 ms'],
  [180.4, '180 ms'],
  [2130, '2.1 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [185_000, '3 min 5 s'],
])('%d ms reads %s', (ms, text) => expect(duration(ms)).toBe(text));
