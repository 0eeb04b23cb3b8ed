import { createHash } from 'node:crypto';
import { RunSecrets } from '../../src/layers/pair-secrets.js';

describe('the keys of a run', () => {
  it('are one for a pair, whichever of the two is named first', () => {
    const secrets = new RunSecrets();
    expect(secrets.made('net', 'a', 'b')).toBeUndefined();
    const made = secrets.make('net', 'a', 'b');
    expect(secrets.make('net', 'b', 'a')).toBe(made);
    expect(secrets.made('net', 'b', 'a')).toBe(made);
    expect(secrets.made('other', 'a', 'b')).toBeUndefined();
    expect(secrets.make('net', 'a', 'c').sha256).not.toBe(made.sha256);
  });

  it('are 32 bytes in base64, reported as the checksum of that text', () => {
    const { key, sha256 } = new RunSecrets().make('net', 'a', 'b');
    expect(Buffer.from(key.reveal(), 'base64')).toHaveLength(32);
    expect(sha256).toBe(createHash('sha256').update(key.reveal()).digest('hex'));
  });

  it('are forgotten when cleared, but for those that were given', () => {
    const given = new RunSecrets();
    const rotated = given.make('net', 'a', 'b');
    const secrets = new RunSecrets(given);
    expect(secrets.make('net', 'a', 'b')).toBe(rotated);
    secrets.make('net', 'a', 'c');
    secrets.clear();
    expect(secrets.made('net', 'a', 'b')).toBe(rotated);
    expect(secrets.made('net', 'a', 'c')).toBeUndefined();
    expect(given.made('net', 'a', 'c')).toBeUndefined();
  });
});
