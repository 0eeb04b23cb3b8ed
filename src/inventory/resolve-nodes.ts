import { dirname, resolve } from 'node:path';
import { parseAddress } from '../network/address.js';
import type { OneOrMore, RawNode, RawSsh } from './raw.js';
import type { Resolution } from './resolution.js';
import type { Node, SshSettings } from './types.js';

/** Nodes with canonical addresses, and SSH settings with the defaults filled in. */
export function resolveNodes(work: Resolution): Node[] {
  return Object.entries(work.raw.nodes ?? {}).map(([name, raw]) => {
    const path = ['nodes', name];
    const publicAddresses = work.parseAll([...path, 'public'], raw.public, parseAddress);
    const lanAddresses = work.parseAll([...path, 'lan'], raw.lan, parseAddress);
    checkPlace(work, name, raw);
    return {
      name,
      ...(raw.role !== undefined && { role: raw.role }),
      ...(raw.site !== undefined && { site: raw.site }),
      publicAddresses,
      lanAddresses,
      ssh: resolveSsh(work, raw, publicAddresses[0] ?? lanAddresses[0] ?? name),
      release: raw.lab?.release ?? 'bookworm',
    };
  });
}

function checkPlace(work: Resolution, name: string, raw: RawNode): void {
  const path = ['nodes', name];
  const known = raw.site !== undefined && work.refer([...path, 'site'], raw.site, 'site');
  if (known && raw.lan === undefined && !inFile(work, [...path, 'lan'])) {
    const fix = `add its address on the LAN of ${raw.site}, such as "lan: 192.168.15.2"`;
    work.report([...path, 'lan'], 'is missing', fix, 'key');
  }
  if (raw.lan !== undefined && raw.site === undefined && !inFile(work, [...path, 'site'])) {
    const fix = `add "site: NAME", the site whose LAN that is, or take lan out`;
    work.report([...path, 'lan'], 'is a LAN address, and the node is in no site', fix);
  }
  const nowhere = !['site', 'lan', 'public', 'ssh'].some((key) =>
    inFile(work, key === 'ssh' ? [...path, 'ssh', 'host'] : [...path, key]),
  );
  if (nowhere) {
    const fix = 'add public, or site and lan, or ssh.host';
    work.report(path, 'has no address to reach it at', fix, 'key');
  }
}

/** Whether the user wrote it, even if the schema refused what is there. */
function inFile(work: Resolution, path: readonly string[]): boolean {
  return work.document.position(path) !== undefined;
}

function resolveSsh(work: Resolution, raw: RawNode, host: string): SshSettings {
  const {
    hostKey,
    sudo = 'auto',
    key,
    sudoPasswordFile,
    ...rest
  }: RawSsh = {
    ...work.raw.defaults?.ssh,
    ...raw.ssh,
  };
  return {
    host,
    ...rest,
    ...(key !== undefined && { key: besideFile(work, key) }),
    hostKeys: several(hostKey),
    sudo,
    ...(sudoPasswordFile !== undefined && { sudoPasswordFile: besideFile(work, sudoPasswordFile) }),
  };
}

/** A relative path is relative to the inventory's folder; `~` is left to whoever opens it. */
function besideFile(work: Resolution, path: string): string {
  return path === '~' || path.startsWith('~/') ? path : resolve(dirname(work.document.file), path);
}

function several(written: OneOrMore | undefined): string[] {
  return [written ?? []].flat().filter((text) => text !== null);
}
