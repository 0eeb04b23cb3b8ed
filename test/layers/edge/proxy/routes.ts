import type { App, AppOptions } from '../../../../src/layers/edge/inventory/types.js';
import type { Route, Setup } from '../../../../src/layers/edge/proxy/proxy.js';

export const SETUP: Setup = {
  edge: {
    node: 'vps',
    proxy: 'traefik',
    acme: { email: 'me@example.com', challenge: 'http', directory: 'https://authority.example.net/dir' },
    trusted: [],
  },
  longestUpload: 0,
};

export function appOf(changes: Partial<App> = {}, options: Partial<AppOptions> = {}): App {
  return {
    name: 'photos',
    kind: 'http',
    hosts: ['photos.example.com'],
    edges: ['vps'],
    network: 'mesh',
    to: { node: 'home-1', port: 2283 },
    port: 27524,
    relay: 'dnat',
    expect: { path: '/', status: 200 },
    ...changes,
    options: { headers: {}, maintenance: false, proxyProtocol: false, ...options },
  };
}

export const routeOf = (app: App, visitors?: string): Route => ({
  app,
  upstream: { address: '10.88.0.10', port: app.port },
  ...(visitors !== undefined && { visitors }),
});
