import type { Edge } from '../inventory/types.js';
import { caddy } from './caddy/caddy.js';
import type { ReverseProxy } from './proxy.js';
import { traefik } from './traefik/traefik.js';

const PROXIES: Readonly<Record<Edge['proxy'], ReverseProxy>> = { traefik, caddy };

export const proxyOf = ({ proxy }: Edge): ReverseProxy => PROXIES[proxy];

export const allProxies: readonly ReverseProxy[] = Object.values(PROXIES);
