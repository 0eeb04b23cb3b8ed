import { createPrivateKey, createPublicKey } from 'node:crypto';
import { Secret } from '../../../../src/core/secret.js';
import { keyPairOf, makeKeyPair, secretFingerprint } from '../../../../src/layers/wireguard/clients/keys.js';

/** The header before the 32 bytes of an X25519 private key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The public key as OpenSSL makes it, base64. */
function opensslPublic(privateKey: Secret): string {
  const key = Buffer.concat([PKCS8, Buffer.from(privateKey.reveal(), 'base64')]);
  const { x = '' } = createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  return Buffer.from(x, 'base64url').toString('base64');
}

describe('a key pair', () => {
  it('is one that OpenSSL agrees with, clamped as the kernel shows it', () => {
    for (let i = 0; i < 20; i += 1) {
      const { privateKey, publicKey } = makeKeyPair();
      expect(publicKey).toBe(opensslPublic(privateKey));
      const bytes = Buffer.from(privateKey.reveal(), 'base64');
      expect(bytes).toHaveLength(32);
      expect([Number(bytes[0]) & 7, Number(bytes[31]) & 192]).toEqual([0, 64]);
    }
  });

  it('is another each time, and shows no private key', () => {
    const [a, b] = [makeKeyPair(), makeKeyPair()];
    expect(a.publicKey).not.toBe(b.publicKey);
    expect(JSON.stringify(a)).toContain('[redacted]');
    expect(JSON.stringify(a)).not.toContain(a.privateKey.reveal());
  });

  it('is made again of its private key, clamped or not', () => {
    const { privateKey, publicKey } = makeKeyPair();
    expect(keyPairOf(privateKey)?.publicKey).toBe(publicKey);
    const bytes = Buffer.from(privateKey.reveal(), 'base64');
    bytes[0] = Number(bytes[0]) | 7;
    expect(keyPairOf(new Secret(bytes.toString('base64')))?.privateKey.reveal()).toBe(privateKey.reveal());
  });

  it.each(['', 'abc', 'A'.repeat(44), `${'A'.repeat(42)}==`, `${'A'.repeat(43)}= `])(
    'is not made of %j',
    (text) => {
      expect(keyPairOf(new Secret(text))).toBeUndefined();
    },
  );
});

it('the secretFingerprint is the SHA-256 of the text', () => {
  expect(secretFingerprint(new Secret('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
