import { networksOf } from '../../../../../model/atlas.js';
import type { Inventory } from '../../../../../model/inventory.js';
import type { GateContext } from '../../../../gate.js';
import type { App } from '../../../inventory/types.js';
import { STATUS_PORT } from '../../../proxy/paths.js';
import { proxyOf } from '../../../proxy/proxies.js';
import { edgeOf } from '../../../registry.js';
import { edgeSendsProxyHeader, listenAddresses } from '../../../upstream.js';
import { type AppParams, chainsOf, visitedName } from '../chains.js';
import { clientHello, hex } from './client-hello.js';

/** A place at which a node asks an app. */
export interface Target {
  readonly app: string;
  /** `relay`: where edges ask, over the tunnel; `itself`: where the app listens. */
  readonly at: 'relay' | 'itself';
  readonly kind: 'http' | 'tls' | 'tcp';
  readonly address: string;
  readonly port: number;
  /** Bytes in hex that are sent first; none for one that speaks first. */
  readonly request: string;
  readonly status: number;
  readonly contains: string;
}

/** What is asked on a node, and where it looks if an app doesn't answer. */
export interface Targets {
  readonly targets: readonly Target[];
  /** Overlay addresses of the nodes at the other end. */
  readonly pings: readonly string[];
  /** Whether they are pinged whatever the apps answer: UDP can't be asked. */
  readonly always: boolean;
  readonly interfaces: readonly string[];
  /** Of the proxy, on an edge. */
  readonly unit?: string;
  /** Port at which it shows its routers, if it does. */
  readonly status?: number;
  readonly hasApps: boolean;
  /** Files of the proxy, on an edge: an app without one isn't there yet. */
  readonly files?: readonly string[];
}

/** PROXY protocol, version 2, command LOCAL: the connection is the sender's own. */
const PROXY_LOCAL = '0d0a0d0a000d0a515549540a20000000';

/** Where the app itself listens, as what relays to it connects to it: any of these will do. */
function ownAddresses({ inventory, facts }: GateContext<AppParams>, app: App): readonly string[] {
  if (app.to.address !== undefined) return [app.to.address];
  const overlay = listenAddresses(inventory, facts, app);
  const isKept = app.relay === 'direct' || app.relay === 'dnat';
  return isKept && overlay.length > 0 ? overlay : ['127.0.0.1'];
}

function target(app: App, at: Target['at'], address: string, port: number): Target {
  const { kind, hosts, expect, options } = app;
  const name = visitedName(hosts[0] ?? 'localhost');
  const http = `GET ${expect.path} HTTP/1.0\r\nHost: ${name}\r\nUser-Agent: bridgehead\r\nX-Forwarded-Host: ${name}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n`;
  const first = kind === 'http' ? hex(http) : kind === 'tls' ? clientHello(name) : '';
  const isProxied = at === 'itself' ? options.proxyProtocol : edgeSendsProxyHeader(app);
  return {
    app: app.name,
    at,
    kind: kind === 'udp' ? 'tcp' : kind,
    address,
    port,
    request: `${isProxied ? PROXY_LOCAL : ''}${first}`,
    status: expect.status,
    contains: kind === 'tls' ? '' : (expect.contains ?? ''),
  };
}

/** The proxy's unit on an edge. */
export function proxyUnit(inventory: Inventory, node: string): string | undefined {
  const proxy = edgeOf(inventory, node)?.proxy;
  return proxy === undefined ? undefined : `bridgehead-${proxy}.service`;
}

export function targetsOn(context: GateContext<AppParams>, node: string): Targets {
  const { inventory, facts } = context;
  const chains = chainsOf(context);
  const through = chains
    .filter(({ edge, app }) => edge === node && app.to.node !== node)
    .map(({ app }) => app);
  const here = [...new Set(chains.filter(({ app }) => app.to.node === node).map(({ app }) => app))];
  const relays = through.flatMap((app) =>
    listenAddresses(inventory, facts, app).map((address) => target(app, 'relay', address, app.port)),
  );
  const own = here.flatMap((app) =>
    ownAddresses(context, app).map((address) => target(app, 'itself', address, app.to.port)),
  );
  const unit = proxyUnit(inventory, node);
  const edge = edgeOf(inventory, node);
  const proxy = edge && proxyOf(edge);
  return {
    // A UDP server need not answer.
    targets: [...relays, ...own].filter(({ app }) => kindOf(chains, app) !== 'udp'),
    pings: [...new Set(through.flatMap((app) => listenAddresses(inventory, facts, app)))],
    always: through.some(({ kind }) => kind === 'udp'),
    interfaces: networksOf(inventory, node).map((network) => network.interface),
    ...(unit !== undefined && { unit }),
    ...(edge?.proxy === 'traefik' && { status: STATUS_PORT }),
    hasApps: here.length > 0,
    ...(proxy && { files: chains.filter((one) => one.edge === node).map(({ app }) => proxy.appPath(app)) }),
  };
}

const kindOf = (chains: ReturnType<typeof chainsOf>, name: string): App['kind'] | undefined =>
  chains.find(({ app }) => app.name === name)?.app.kind;
