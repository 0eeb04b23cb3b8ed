import { format, inspect } from 'node:util';
import { Secret } from '../../src/core/secret.js';

describe('a secret', () => {
  const secret = new Secret('correct horse');

  it('gives its value to the one who asks for it', () => {
    expect(secret.reveal()).toBe('correct horse');
  });

  it.each([
    ['a template', `${secret}`],
    ['String', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ deep: [secret] }, { depth: 9, showHidden: true })],
    ['format', format('%s %o %O %j', secret, secret, secret, secret)],
    ['spread', JSON.stringify({ ...secret })],
  ])('is not seen in %s', (_where, text) => {
    expect(text).not.toContain('correct');
  });

  it('reads [redacted]', () => {
    expect([`${secret}`, JSON.stringify(secret), inspect(secret)]).toEqual([
      '[redacted]',
      '"[redacted]"',
      '[redacted]',
    ]);
  });
});
