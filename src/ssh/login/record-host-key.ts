import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Hop } from '../config/hop.js';
import { keyType } from './host-key.js';
import { knownHostName, namesMatch, parseKnownHosts } from './known-hosts.js';

/**
 * Adds a key that was accepted as new to the user's first known_hosts file. Synchronous, so that nodes which connect at the
 * same time never write a line twice. Throws errors of the file system.
 */
export function recordHostKey(hop: Hop, blob: Buffer): void {
  const file = hop.userKnownHosts[0];
  if (file === undefined) throw new Error('ssh config has no UserKnownHostsFile');
  const name = hop.hostKeyName === hop.host ? knownHostName(hop.host, hop.port) : hop.hostKeyName;
  const key = blob.toString('base64');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a+', 0o600);
  try {
    const known = fstatSync(descriptor).isFile() ? parseKnownHosts(readFileSync(descriptor, 'utf8')) : [];
    if (known.some((entry) => entry.key === key && !entry.marker && namesMatch(entry.names, name))) return;
    appendFileSync(descriptor, `${endsInLine(descriptor) ? '' : '\n'}${name} ${keyType(blob)} ${key}\n`);
  } finally {
    closeSync(descriptor);
  }
}

function endsInLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}
