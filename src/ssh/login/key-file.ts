import { open } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { BridgeheadError } from '../../core/errors.js';

const MAX_BYTES = 64 * 1024;
const MAGIC = 'openssh-key-v1\0';

/** A key file as it is on disk. */
export type KeyFile =
  | { readonly kind: 'plain'; readonly path: string; readonly key: ParsedKey; readonly publicBlob: Buffer }
  /** Only OpenSSH's format shows the public half without the passphrase. */
  | {
      readonly kind: 'encrypted';
      readonly path: string;
      readonly text: string;
      readonly publicBlob?: Buffer | undefined;
    }
  /** The agent may hold the private half. */
  | { readonly kind: 'public'; readonly path: string; readonly publicBlob: Buffer };

/** Reads a key file. Undefined if there is none; E_SSH_CONFIG if it can't be used. */
export async function readKeyFile(path: string, node: string): Promise<KeyFile | undefined> {
  const refuse = (reason: string, fix: string, cause?: unknown) =>
    new BridgeheadError('E_SSH_CONFIG', `the key ${path} ${reason}`, { node, fix, cause });
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw refuse(`can't be opened (${cause.code})`, 'make it readable for yourself', cause);
  });
  if (file === undefined) return undefined;
  try {
    const { mode, uid, size } = await file.stat();
    if ((mode & 0o170000) !== 0o100000) throw refuse('is not a regular file', 'give the private key file');
    if (size > MAX_BYTES) throw refuse('is too large to be a key', 'give the private key file');
    const text = await file.readFile('utf8');
    if (isPublic(text)) return publicKey(path, text, refuse);
    if (uid === process.getuid?.() && (mode & 0o077) !== 0) {
      throw refuse('is readable by others', `run: chmod 600 ${path}`);
    }
    return privateKey(path, text, refuse);
  } finally {
    await file.close();
  }
}

/** The key from an encrypted file; undefined if the passphrase is wrong. */
export function unlockKey(text: string, passphrase: string): ParsedKey | undefined {
  const key = single(ssh2.utils.parseKey(text, passphrase));
  return key instanceof Error || !key.isPrivateKey() ? undefined : key;
}

type Refuse = (reason: string, fix: string, cause?: unknown) => BridgeheadError;

function isPublic(text: string): boolean {
  return /^\s*(?:ssh-|ecdsa-sha2-|sk-)/.test(text);
}

function publicKey(path: string, text: string, refuse: Refuse): KeyFile {
  const [type, base64] = text.trim().split(/\s+/);
  if (type?.startsWith('sk-'))
    throw refuse('is a FIDO key, which is not supported', 'use an ed25519 key without a token');
  const blob = Buffer.from(base64 ?? '', 'base64');
  if (blob.length < 16) throw refuse('is not a readable key', 'give the private key file');
  return { kind: 'public', path, publicBlob: blob };
}

function privateKey(path: string, text: string, refuse: Refuse): KeyFile {
  const open = openSshHeader(text);
  const type = open?.publicBlob.subarray(4).toString('latin1');
  if (type?.startsWith('sk-'))
    throw refuse('is a FIDO key, which is not supported', 'use an ed25519 key without a token');
  const key = single(ssh2.utils.parseKey(text));
  if (!(key instanceof Error)) {
    if (!key.isPrivateKey()) throw refuse('contains no private key', 'give the private key file');
    return { kind: 'plain', path, key, publicBlob: key.getPublicSSH() };
  }
  if (/passphrase/i.test(key.message)) return { kind: 'encrypted', path, text, publicBlob: open?.publicBlob };
  throw refuse('is not a readable private key', 'use a private key in OpenSSH or PEM format', key);
}

/** The typings promise one key, but the parser may return several. */
function single(parsed: ParsedKey | Error | readonly ParsedKey[]): ParsedKey | Error {
  if (!Array.isArray(parsed)) return parsed as ParsedKey | Error;
  return (parsed[0] as ParsedKey | undefined) ?? new Error('no key');
}

/** The clear part of OpenSSH's own format: magic, cipher, kdf, its options, a count, the public key. */
function openSshHeader(text: string): { publicBlob: Buffer } | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, 'base64');
  if (data.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  let at = MAGIC.length;
  const next = () => {
    if (at + 4 > data.length) return Buffer.alloc(0);
    const end = at + 4 + data.readUInt32BE(at);
    const field = data.subarray(at + 4, end);
    at = end;
    return field;
  };
  for (let field = 0; field < 3; field += 1) next();
  at += 4;
  const publicBlob = next();
  return publicBlob.length > 4 ? { publicBlob } : undefined;
}
