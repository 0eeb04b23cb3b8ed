import type { GateContext } from '../../../src/layers/gate.js';
import { TAILNET_ADDRESSES } from '../../../src/layers/tailscale/facts.js';
import { INVENTORY } from './fixture.js';

export const ADDRESSES: Readonly<Record<string, string>> = {
  edge: '100.64.0.1 fd7a:115c:a1e0::1',
  'wk-1': '100.64.0.2',
  'wk-2': '100.64.0.3',
};

export const context = <P>(params: P, measured: readonly string[]): GateContext<P> => ({
  params,
  inventory: INVENTORY,
  networks: [],
  measured,
  patience: 0,
  token: 'Token1',
  facts: { get: (node, key) => (key === TAILNET_ADDRESSES ? ADDRESSES[node] : undefined) },
});
