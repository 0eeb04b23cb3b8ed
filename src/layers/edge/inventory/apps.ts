import { isIP } from 'node:net';
import { parseAddress } from '../../../model/parse-address.js';
import type { RawApp } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import { resolveEdgesOf, resolveNetworkOf } from './app-way.js';
import { chosenPort } from './chosen-port.js';
import { parseHost } from './host-name.js';
import { resolveOptions } from './options.js';
import type { App, AppKind, AppTarget, Relay } from './types.js';

/** The registry, with all that was left out filled in; without the apps whose place at home is unknown. */
export function resolveApps(work: Resolution): App[] {
  return Object.entries(work.raw.apps ?? {}).flatMap(([name, raw]): App[] => {
    const kind = raw.kind ?? 'http';
    const hosts = resolveHosts(work, name, raw, kind);
    const edges = resolveEdgesOf(work, name, raw.edge);
    const to = resolveTarget(work, name, raw);
    checkListen(work, name, raw, kind);
    const options = resolveOptions(work, name, raw.options, kind);
    if (to === undefined) return [];
    const places = edges.filter((edge) => work.raw.nodes?.[edge] !== undefined);
    const network = resolveNetworkOf(work, name, raw, places);
    const relay = raw.relay ?? usualRelay(raw, to);
    return [
      {
        name,
        kind,
        hosts,
        edges,
        ...(network !== undefined && { network }),
        to,
        port: raw.port ?? (relay === 'direct' ? to.port : chosenPort(name)),
        ...(raw.listen !== undefined && { listen: raw.listen }),
        relay,
        options,
        expect: {
          path: raw.expect?.path ?? '/',
          status: raw.expect?.status ?? 200,
          ...(raw.expect?.contains !== undefined && { contains: raw.expect.contains }),
        },
      },
    ];
  });
}

export const isLoopback = (address: string): boolean =>
  address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));

/** Packets can't be rewritten to a loopback address: they came from outside. */
function usualRelay({ port }: RawApp, to: AppTarget): Relay {
  if (to.address === undefined) return port === to.port ? 'direct' : 'dnat';
  return isLoopback(to.address) ? 'socket-proxyd' : 'dnat';
}

function resolveTarget(work: Resolution, app: string, { to }: RawApp): AppTarget | undefined {
  const path = ['apps', app, 'to'];
  const address = work.parse([...path, 'address'], to?.address, parseAddress);
  const isKnown = to?.node !== undefined && work.refer([...path, 'node'], to.node, 'node');
  if (!isKnown || to.port === undefined) return undefined;
  return { node: to.node, ...(address !== undefined && { address }), port: to.port };
}

function resolveHosts(work: Resolution, app: string, raw: RawApp, kind: AppKind): string[] {
  const path = ['apps', app, 'host'];
  const needed = (kind === 'http' || kind === 'tls') && work.isSound(['apps', app, 'kind']);
  if (raw.host === undefined && needed && work.isSound(path)) {
    const fix = `add the name that visitors type, such as "host: ${app}.example.com"`;
    work.report(path, 'is missing', fix, 'key');
  }
  const written = raw.host === undefined ? [] : [raw.host].flat();
  const hosts = written.map((text, i) =>
    work.parse(typeof raw.host === 'string' ? path : [...path, i], text ?? undefined, parseHost),
  );
  return hosts.filter((host) => host !== undefined);
}

function checkListen(work: Resolution, app: string, { listen }: RawApp, kind: AppKind): void {
  if (!work.isSound(['apps', app, 'kind'])) return;
  const path = ['apps', app, 'listen'];
  const isPort = kind === 'tcp' || kind === 'udp';
  if (isPort && listen === undefined && work.isSound(path)) {
    work.report(path, 'is missing', `add the port of the edge, such as "listen: 25565"`, 'key');
  }
  if (!isPort && listen !== undefined) {
    const ports = kind === 'http' ? '80 and 443' : '443';
    work.report(path, `is only for kinds tcp and udp: ${kind} is at ${ports}`, 'remove it', 'key');
  }
}
