import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { quote } from '../../src/remote/quote.js';

const printable = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((text) => !text.includes('\0') && !/[\ud800-\udfff]/.test(text));

describe('quote', () => {
  it.each([['dash'], ['bash']])('gives any word back unharmed through %s', (shell) => {
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1, maxLength: 20 }), (words) => {
        const script = words.map((word) => `printf '%s\\0' ${quote(word)}`).join('\n');
        const { stdout } = spawnSync(shell, ['-c', script]);
        expect(stdout.toString().split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what no shell can carry', () => {
    expect(() => quote('a\0b')).toThrow(TypeError);
  });
});
