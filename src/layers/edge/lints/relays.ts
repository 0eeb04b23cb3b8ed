import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { isLoopback } from '../inventory/apps.js';
import type { App } from '../inventory/types.js';
import { remoteEdges } from '../registry.js';

/** Relays that can't do what their app needs. */
export function lintRelays({ apps }: Inventory): Lint[] {
  return apps.flatMap((app) => {
    const [message, fix] = wrongRelay(app) ?? [];
    if (message === undefined || remoteEdges(app).length === 0) return [];
    return [{ severity: 'error', path: ['apps', app.name, 'relay'], message, ...(fix && { fix }) }];
  });
}

function wrongRelay({ kind, relay, to, port, options }: App): readonly [string, string] | undefined {
  const { address } = to;
  if (relay === 'direct') {
    if (address !== undefined) {
      return [
        `direct needs the app on ${to.node} itself, and it is at ${address}`,
        'remove relay, or to.address',
      ];
    }
    if (port === to.port) return undefined;
    return [
      `direct relays nothing, so port ${port} would have to be the app's own, ${to.port}`,
      'remove port, or relay',
    ];
  }
  if (relay === 'dnat') {
    if (address !== undefined && isLoopback(address)) {
      const message = `dnat can't lead to ${address}: the kernel drops packets from outside to it`;
      return [message, 'write relay: socket-proxyd'];
    }
  } else if (kind === 'udp') {
    return [`${relay} relays TCP, and the app is of kind udp`, 'write relay: dnat'];
  }
  if (kind === 'http' && options.proxyProtocol && relay !== 'haproxy') {
    const message = `options.proxyProtocol needs relay haproxy for kind http, and it is ${relay}`;
    return [
      message,
      'write relay: haproxy, or remove options.proxyProtocol: X-Forwarded-For has the visitor',
    ];
  }
  return undefined;
}
