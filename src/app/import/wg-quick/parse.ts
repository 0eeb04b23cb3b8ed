import { basename, dirname } from 'node:path';
import { hostRoute, isAddress, networkOf } from '../../../model/address.js';
import { parseRange } from '../../../model/parse-address.js';
import type { Found, Place, TunnelPeer } from '../found.js';
import type { Source } from '../source.js';
import { type Section, sectionsOf } from './sections.js';

/** What guides, and our own export, write instead of a key. */
const PLACEHOLDER = /^<.*>$/;

/** Characters; the kernel's limit. */
const LONGEST_INTERFACE = 15;

/** Reads a wg-quick configuration. A note names private and preshared keys; they aren't kept. */
export function readWgQuick(source: Source, found: Found): void {
  const sections = sectionsOf(source, found);
  const own = sections.filter(({ kind }) => kind === 'interface');
  const [first, second] = own;
  const { file } = source;
  if (first === undefined) {
    found.problem({ file }, 'has no [Interface] section', 'import a complete configuration');
    return;
  }
  if (second !== undefined)
    found.problem(second.at, 'is a second [Interface] section', 'import one interface per file');
  const { owner, name } = namesOf(source);
  noteSecrets(first, owner, found);
  const hooks = ['preup', 'postup', 'predown', 'postdown'].flatMap((key) => first.values.get(key) ?? []);
  for (const hook of hooks.filter(({ text }) => text !== '' && !/wg set %i (private-key|peer)/.test(text))) {
    found.note(
      hook.at,
      'a hook was left out',
      'bridgehead writes forwarding rules itself; for others, use a script step',
    );
  }
  const port = first.values.get('listenport')?.at(-1);
  const mtu = first.values.get('mtu')?.at(-1);
  const listenPort = port && found.port(port.at, 'ListenPort', port.text);
  found.tunnels.push({
    owner,
    at: first.at,
    interface: name,
    addresses: listOf(first, 'address').flatMap(({ text, at }) => cidr(text, at, found)),
    ...(listenPort !== undefined && { listenPort }),
    ...(mtu && /^\d+$/.test(mtu.text) && { mtu: Number(mtu.text) }),
    dns: listOf(first, 'dns').flatMap(({ text }) => (isAddress(text) ? [text] : [])),
    masquerades: hooks.some(({ text }) => /masquerade/i.test(text)),
    peers: sections.filter(({ kind }) => kind === 'peer').flatMap((peer) => toPeer(peer, found)),
  });
}

/** `ctb-edge-1/etc/wireguard/wg0.conf`, `ctb-edge-1-wg0.conf` and `ctb-edge-1.conf` are from ctb-edge-1. */
function namesOf({ file, owner }: Source): { owner: string; name: string } {
  const stem = basename(file, '.conf');
  const folder = dirname(file);
  const isInPlace = /(^|\/)etc\/wireguard$/.test(folder);
  const above = basename(folder.replace(/\/?etc\/wireguard$/, ''));
  const [, client] = /^wg\d+-client-(.+)$/.exec(stem) ?? [];
  const [, before, after = ''] = /^(.+)[-_.](wg[\w-]*)$/.exec(stem) ?? [];
  const [from, name] =
    client !== undefined
      ? [client, 'wg0']
      : isInPlace || stem.startsWith('wg')
        ? [['', '.', '..'].includes(above) ? stem : above, stem]
        : [before ?? stem, before === undefined ? 'wg0' : after];
  return { owner: owner ?? from, name: name.length <= LONGEST_INTERFACE ? name : 'wg0' };
}

function noteSecrets({ values }: Section, owner: string, found: Found): void {
  for (const { at, text } of values.get('privatekey') ?? []) {
    if (PLACEHOLDER.test(text)) continue;
    const fix = `it stays in this file and on ${owner}`;
    found.note(at, 'a private key was not read into the inventory', fix);
  }
}

function toPeer({ at, name, values }: Section, found: Found): TunnelPeer[] {
  const [key] = values.get('publickey') ?? [];
  const isPlaceholder = PLACEHOLDER.test(key?.text ?? '');
  if (!key || !(isPlaceholder || /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(key.text))) {
    const fix = 'write the key of 44 characters that `wg pubkey` prints';
    found.problem(key?.at ?? at, key ? 'is not a WireGuard public key' : 'the peer has no PublicKey', fix);
    return [];
  }
  const preshared = values.get('presharedkey')?.[0];
  if (preshared && !PLACEHOLDER.test(preshared.text))
    found.note(preshared.at, 'a preshared key was not read into the inventory');
  const endpoint = values.get('endpoint')?.at(-1);
  const keepalive = Number(values.get('persistentkeepalive')?.at(-1)?.text);
  const target = endpoint && endpointOf(endpoint, found);
  return [
    {
      at,
      ...(name !== undefined && { name }),
      ...(!isPlaceholder && { publicKey: key.text }),
      allowedIps: listOf({ values }, 'allowedips').flatMap(({ text, at: place }) =>
        cidr(text, place, found).map(networkOf),
      ),
      ...(target && { endpoint: target }),
      ...(keepalive > 0 && { keepalive }),
      preshared: preshared !== undefined,
    },
  ];
}

function endpointOf({ text, at }: { text: string; at: Place }, found: Found): TunnelPeer['endpoint'] {
  const [, six, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const host = six ?? plain;
  if (host === undefined) {
    found.problem(at, 'is not an endpoint', 'write HOST:PORT, or [ADDRESS]:PORT for IPv6');
    return undefined;
  }
  const number = found.port(at, 'Endpoint', port);
  return number === undefined ? undefined : { host, port: number };
}

function listOf({ values }: Pick<Section, 'values'>, key: string): { text: string; at: Place }[] {
  return (values.get(key) ?? []).flatMap(({ text, at }) =>
    text.split(',').flatMap((part) => (part.trim() === '' ? [] : [{ text: part.trim(), at }])),
  );
}

/** An address with the prefix length of its network, canonical; without one, that of a single address. */
function cidr(text: string, at: Place, found: Found): string[] {
  const [base = '', length] = text.split('/');
  const address = found.address(at, base);
  if (address === undefined) return [];
  const written = length === undefined ? hostRoute(address) : `${address}/${length}`;
  const range = parseRange(/^\d+$/.test(length ?? '0') ? safeNetwork(written) : written);
  if (range.ok) return [written];
  found.problem(at, `${text} ${range.message}`, range.fix);
  return [];
}

/** The network of a CIDR; one with too long a prefix is returned unchanged. */
function safeNetwork(written: string): string {
  const [base = '', length] = written.split('/');
  return Number(length) > (base.includes(':') ? 128 : 32) ? written : networkOf(written);
}
