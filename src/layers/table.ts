import { host } from './host/index.js';
import type { Layer } from './layer.js';
import { wireguard } from './wireguard/index.js';

/** Every layer; each may build on those before it. */
export const LAYERS: readonly Layer[] = [host, wireguard];
