import { OVERWRITTEN } from '../../shared/managed.js';
import type { Dns } from '../inventory/types.js';
import { dnsmasq } from './dnsmasq.js';
import type { Resolver } from './resolver.js';
import { unbound } from './unbound.js';

export const RESOLVERS: readonly Resolver[] = [dnsmasq, unbound];

export const resolverOf = ({ resolver }: Dns): Resolver => (resolver === 'unbound' ? unbound : dnsmasq);

const PREFIX = 'bridgehead-dns@';
export const UNIT_PATTERN = `${PREFIX}*.service`;
export const UNIT_PATH = `/etc/systemd/system/${PREFIX}.service`;

export const unitOf = (view: string): string => `${PREFIX}${view}.service`;

export const isOurUnit = (unit: string | undefined): boolean => unit?.startsWith(PREFIX) === true;

/** An instance for each view. It may bind to a low port, and nothing else. */
export const unitText = ({ service }: Resolver): string => `${OVERWRITTEN}
[Unit]
Description=DNS, view %i (Bridgehead)
After=network.target
Wants=nss-lookup.target
Before=nss-lookup.target
StartLimitIntervalSec=0

[Service]
${service}DynamicUser=yes
RuntimeDirectory=bridgehead-dns-%i
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;
