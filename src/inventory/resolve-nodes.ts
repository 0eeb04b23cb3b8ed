import type { Resolution } from '../layers/resolution.js';
import type { Node, SshSettings } from '../model/inventory.js';
import { parseAddress } from '../model/parse-address.js';
import type { OneOrMore, RawNode } from '../model/raw.js';
import { NODE_WORDS } from './reserved-names.js';

/** Nodes with canonical addresses, and SSH settings with the defaults filled in. */
export function resolveNodes(work: Resolution): Node[] {
  return Object.entries(work.raw.nodes ?? {}).map(([name, raw]) => {
    const path = ['nodes', name];
    const publicAddresses = work.parseAll([...path, 'public'], raw.public, parseAddress);
    const lanAddresses = work.parseAll([...path, 'lan'], raw.lan, parseAddress);
    checkName(work, name);
    checkPlace(work, name, raw);
    return {
      name,
      ...(raw.role !== undefined && { role: raw.role }),
      ...(raw.site !== undefined && { site: raw.site }),
      publicAddresses,
      lanAddresses,
      ssh: resolveSsh(work, name, raw, publicAddresses[0] ?? lanAddresses[0] ?? name),
      release: raw.lab?.release ?? 'bookworm',
    };
  });
}

function checkName(work: Resolution, name: string): void {
  const meaning = NODE_WORDS.get(name);
  if (meaning === undefined) return;
  work.report(
    ['nodes', name],
    `a node cannot be named ${name}: ${meaning}`,
    `choose another name, such as ${name}-1`,
    'key',
  );
}

function checkPlace(work: Resolution, name: string, raw: RawNode): void {
  const path = ['nodes', name];
  const known = raw.site !== undefined && work.refer([...path, 'site'], raw.site, 'site');
  if (known && raw.lan === undefined && work.isSound(path)) {
    const fix = `add its address on the LAN of ${raw.site}, such as "lan: 192.168.15.2"`;
    work.report([...path, 'lan'], 'is missing', fix, 'key');
  }
  if (raw.lan !== undefined && raw.site === undefined && work.isSound(path)) {
    const fix = `add "site: NAME", the site of that LAN, or remove lan`;
    work.report([...path, 'lan'], 'is a LAN address, but the node has no site', fix);
  }
  const places = [raw.site, raw.lan, raw.public, raw.ssh?.host];
  const nowhere = places.every((place) => place === undefined) && work.isSound(path);
  if (nowhere) {
    const fix = 'add public, or site and lan, or ssh.host';
    work.report(path, 'has no address to connect to', fix, 'key');
  }
}

function resolveSsh(work: Resolution, name: string, raw: RawNode, host: string): SshSettings {
  const { hostKey, sudo, key, sudoPasswordFile, jump, ...rest }: NonNullable<RawNode['ssh']> = {
    ...work.raw.defaults?.ssh,
    ...raw.ssh,
  };
  // The node that all jump through by default does not itself.
  const jumps = jump !== 'none' && (jump !== name || raw.ssh?.jump !== undefined);
  return {
    host,
    ...rest,
    ...(key !== undefined && { key: work.besideFile(key) }),
    ...(jumps && jump !== undefined && { jump }),
    hostKeys: several(hostKey),
    sudo: sudo ?? 'auto',
    ...(sudoPasswordFile !== undefined && { sudoPasswordFile: work.besideFile(sudoPasswordFile) }),
  };
}

function several(written: OneOrMore | undefined): string[] {
  return [written ?? []].flat().filter((text) => text !== null);
}
