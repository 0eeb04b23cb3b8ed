import { familyOf, hostPort } from '../../../model/address.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import type { App } from '../inventory/types.js';
import { edgeSendsProxyHeader } from '../upstream.js';
import { isRewritten, type Relayed } from './wanted.js';

export const UNIT_FOLDER = '/etc/systemd/system';
export const CONFIG_FOLDER = '/etc/bridgehead/apps';
/** Name of the inventory whose relays they are. */
export const OWNER_PATH = `${CONFIG_FOLDER}/inventory`;
/** What all unit files of relays begin with. */
export const UNIT_PREFIX = 'bridgehead-app-';

/** The files of one app's relay, and its units. */
export interface Program {
  readonly app: App;
  /** All of its units. */
  readonly units: readonly string[];
  /** Those that are started, now and at boot: sockets, which start the program themselves, or services. */
  readonly starts: readonly string[];
  /** Texts by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** Programs by the relay's name; the package that has it, if it isn't part of the system. */
export const PACKAGES: Readonly<Record<string, string>> = { socat: 'socat', haproxy: 'haproxy' };

const unitOf = (app: string, type: string): string => `${UNIT_PREFIX}${app}.${type}`;

const configPath = (app: string): string => `${CONFIG_FOLDER}/${app}.haproxy`;

/** systemd listens although the overlay is not up yet, and keeps what arrives while the program starts. */
function socketText({ app }: Relayed, addresses: readonly string[]): string {
  return `${OVERWRITTEN}
[Unit]
Description=App ${app.name}, from its edges (Bridgehead)

[Socket]
${addresses.map((address) => `ListenStream=${hostPort(address, app.port)}\n`).join('')}FreeBind=yes
KeepAlive=yes
NoDelay=yes

[Install]
WantedBy=sockets.target
`;
}

/** `more`: lines of its sections. It is started again however often it ends. */
function serviceText(
  { app }: Relayed,
  command: string,
  more: { readonly unit: string; readonly service: string },
): string {
  return `${OVERWRITTEN}
[Unit]
Description=Relay to app ${app.name} (Bridgehead)
StartLimitIntervalSec=0
${more.unit}
[Service]
Type=exec
ExecStart=${command}
DynamicUser=yes
RestartSec=1
${more.service}`;
}

const socketService = (relayed: Relayed, command: string): string => {
  const socket = unitOf(relayed.app.name, 'socket');
  const unit = `Requires=${socket}\nAfter=${socket} network.target\n`;
  return serviceText(relayed, command, { unit, service: 'Restart=on-failure\n' });
};

/** It listens itself, although the overlay is not up yet. Half a connection may be over long before the other half. */
function socatService(relayed: Relayed, address: string): string {
  const { app } = relayed;
  const [listen, bind] = familyOf(address) === 4 ? ['TCP4-LISTEN', address] : ['TCP6-LISTEN', `[${address}]`];
  const from = `${listen}:${app.port},bind=${bind},freebind=1,reuseaddr,fork,keepalive,nodelay`;
  const service =
    'AmbientCapabilities=CAP_NET_BIND_SERVICE\nRestart=always\n\n[Install]\nWantedBy=multi-user.target\n';
  const command = `/usr/bin/socat -t 86400 ${from} TCP:${targetOf(app)},keepalive,nodelay`;
  return serviceText(relayed, command, { unit: 'After=network.target\n', service });
}

const targetOf = ({ to }: App): string => hostPort(to.address ?? '127.0.0.1', to.port);

/** systemd passes the sockets on from file descriptor 3. */
function haproxyText({ app, addresses }: Relayed): string {
  const accept = edgeSendsProxyHeader(app) ? ' accept-proxy' : '';
  const send = app.options.proxyProtocol ? ' send-proxy-v2' : '';
  return `${OVERWRITTEN}
defaults
	mode tcp
	timeout connect 10s
	timeout client 1h
	timeout server 1h
	timeout tunnel 24h

listen ${app.name}
${addresses.map((_, index) => `\tbind fd@${3 + index}${accept}\n`).join('')}	server app ${targetOf(app)}${send}
`;
}

function viaSocket(relayed: Relayed, command: string, config: readonly [string, string][] = []): Program {
  const { app, addresses } = relayed;
  const [socket, service] = [unitOf(app.name, 'socket'), unitOf(app.name, 'service')];
  const files = new Map([
    ...config,
    [`${UNIT_FOLDER}/${socket}`, socketText(relayed, addresses)],
    [`${UNIT_FOLDER}/${service}`, socketService(relayed, command)],
  ]);
  return { app, units: [socket, service], starts: [socket], files };
}

/** One program for all addresses; of socat, one for each. */
export function programOf(relayed: Relayed): Program {
  const { app, addresses } = relayed;
  if (app.relay === 'haproxy') {
    const path = configPath(app.name);
    return viaSocket(relayed, `/usr/sbin/haproxy -db -f ${path}`, [[path, haproxyText(relayed)]]);
  }
  if (app.relay !== 'socat') {
    return viaSocket(relayed, `/usr/lib/systemd/systemd-socket-proxyd ${targetOf(app)}`);
  }
  const services = addresses.map((address, index): [string, string] => [
    unitOf(app.name, index === 0 ? 'service' : `${index + 1}.service`),
    socatService(relayed, address),
  ]);
  const units = services.map(([unit]) => unit);
  const files = new Map(services.map(([unit, text]) => [`${UNIT_FOLDER}/${unit}`, text]));
  return { app, units, starts: units, files };
}

/** The programs that relay on a node. */
export const programsOf = (relayed: readonly Relayed[]): readonly Program[] =>
  relayed.filter((one) => !isRewritten(one)).map(programOf);
