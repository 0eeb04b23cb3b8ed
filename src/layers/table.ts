import { dns } from './dns/index.js';
import { edge } from './edge/index.js';
import { firewall } from './firewall/index.js';
import { host } from './host/index.js';
import type { Layer } from './layer.js';
import { tailscale } from './tailscale/index.js';
import { wireguard } from './wireguard/index.js';

/** Every layer; each may build on those before it. */
export const LAYERS: readonly Layer[] = [host, wireguard, tailscale, firewall, edge, dns];
