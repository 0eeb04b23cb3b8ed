import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Hop } from '../config/hop.js';
import { type KnownHost, knownHostName, namesMatch, parseKnownHosts } from './known-hosts.js';

/** Host key algorithms offered to a server, best first; the two RSA ones are for keys of type `ssh-rsa`. */
const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

export type HostKeyAlgorithm = (typeof ALGORITHMS)[number];

/** What is known of a machine's keys before connecting to it. */
export interface KnownKeys {
  readonly pinned: boolean;
  /** Keys that it may present. */
  readonly trusted: readonly KnownHost[];
  readonly revoked: readonly KnownHost[];
  /** Whether it is only known by a certificate authority, which isn't supported. */
  readonly authority: boolean;
  /** A key known for the bare name is trusted on another port if it is the same key, as `ssh` does. */
  readonly withoutPort: readonly KnownHost[];
}

/** The pinned keys, else those of the known_hosts files. */
export function knownKeys(hop: Hop): KnownKeys {
  if (hop.hostKeys.length > 0) {
    const trusted = hop.hostKeys.map((text) => parsePin(text, hop));
    return { pinned: true, trusted, revoked: [], authority: false, withoutPort: [] };
  }
  const entries = [...hop.userKnownHosts, ...hop.globalKnownHosts].flatMap((file) =>
    readKnownHosts(file, hop),
  );
  const bare = hop.hostKeyName.toLowerCase();
  const aliased = hop.hostKeyName !== hop.host;
  const name = aliased ? bare : knownHostName(hop.hostKeyName, hop.port);
  const mine = entries.filter(({ names }) => namesMatch(names, name));
  return {
    pinned: false,
    trusted: mine.filter(({ marker }) => marker === undefined),
    revoked: entries.filter(
      ({ marker, names }) => marker === 'revoked' && (namesMatch(names, name) || namesMatch(names, bare)),
    ),
    authority: mine.some(({ marker }) => marker === 'cert-authority'),
    withoutPort:
      name === bare
        ? []
        : entries.filter(({ marker, names }) => marker === undefined && namesMatch(names, bare)),
  };
}

/** Known types first, so that a server with several keys presents one that is known. */
export function hostKeyAlgorithms(known: KnownKeys): HostKeyAlgorithm[] {
  const types = new Set([...known.trusted, ...known.withoutPort].map(({ type }) => type));
  const isKnown = (algorithm: HostKeyAlgorithm) =>
    types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
}

/** The verdict on a presented key. */
export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

export function judgeHostKey(known: KnownKeys, blob: Buffer): HostKeyVerdict {
  const key = blob.toString('base64');
  if (known.revoked.some((entry) => entry.key === key)) return 'revoked';
  if ([...known.trusted, ...known.withoutPort].some((entry) => entry.key === key)) return 'known';
  return known.trusted.length > 0 ? 'changed' : 'unknown';
}

/** `SHA256:` and the digest, as `ssh` shows it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a key blob begins with. */
export function keyType(blob: Buffer): string {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return sanitize(blob.subarray(4, 4 + Math.min(length, 64)).toString('latin1'));
}

function parsePin(text: string, hop: Hop): KnownHost {
  const [type, key] = text.trim().split(/\s+/);
  const blob = Buffer.from(key ?? '', 'base64');
  if (type !== undefined && key !== undefined && keyType(blob) === type) {
    return { names: hop.host, type, key: blob.toString('base64') };
  }
  throw new BridgeheadError('E_SSH_CONFIG', `the host key pinned for ${hop.node} is not a public key`, {
    node: hop.node,
    evidence: sanitize(text, 200),
    fix: `write it as "ssh-ed25519 AAAA...", as ssh-keyscan ${hop.host} shows it`,
  });
}

function readKnownHosts(file: string, hop: Hop): KnownHost[] {
  try {
    // `UserKnownHostsFile /dev/null` is common; a device holds no keys.
    return statSync(file).isFile() ? parseKnownHosts(readFileSync(file, 'utf8')) : [];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new BridgeheadError('E_SSH_CONFIG', `${file} can't be read: ${(cause as Error).message}`, {
      node: hop.node,
      fix: 'make it readable for yourself',
      cause,
    });
  }
}
