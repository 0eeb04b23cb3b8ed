import nacl from 'tweetnacl';
import { Secret } from '../../../core/secret.js';
import { sha256 } from '../../../core/sha256.js';

/** A WireGuard key pair. */
export interface KeyPair {
  /** Base64, clamped, as the kernel reports it. */
  readonly privateKey: Secret;
  /** Base64. */
  readonly publicKey: string;
}

const BYTES = 32;

/** A new key pair, from the system's random source. */
export function makeKeyPair(): KeyPair {
  return pairOf(nacl.randomBytes(BYTES));
}

/** The pair of a private key in base64, clamped or not; undefined if it is not a valid key. */
export function keyPairOf(privateKey: Secret): KeyPair | undefined {
  const bytes = Buffer.from(privateKey.reveal(), 'base64');
  const sound = bytes.length === BYTES && bytes.toString('base64') === privateKey.reveal();
  return sound ? pairOf(bytes) : undefined;
}

/** What distinguishes one preshared key from another without showing it: hex. */
export function secretFingerprint(secret: Secret): string {
  return sha256(secret.reveal());
}

function pairOf(random: Uint8Array): KeyPair {
  const bytes = Uint8Array.from(random, (byte, at) => {
    if (at === 0) return byte & 248;
    return at === BYTES - 1 ? (byte & 127) | 64 : byte;
  });
  const { publicKey } = nacl.box.keyPair.fromSecretKey(bytes);
  return { privateKey: new Secret(base64(bytes)), publicKey: base64(publicKey) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
