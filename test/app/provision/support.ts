import type { Heard } from '../../../src/app/provision/survey/heard.js';
import type { Survey, Surveyed } from '../../../src/app/provision/survey/survey.js';
import type { Machine } from '../../../src/facts/machine/machine.js';
import type { Hop } from '../../../src/ssh/index.js';

export interface Sketch extends Partial<Machine> {
  /** CIDR. */
  readonly address: string;
  readonly router?: string;
  readonly dialled?: string;
  readonly user?: string;
  readonly port?: number;
  readonly skew?: number;
}

let number = 0;

/** A machine that answered, Debian 12 on one device. */
export function machine(
  name: string,
  { address, router, dialled, user = 'root', port = 22, skew = 0, ...facts }: Sketch,
): Surveyed {
  number += 1;
  const bare = address.split('/')[0] ?? '';
  return {
    machine: name,
    skew,
    hop: {
      id: name,
      node: name,
      host: dialled ?? bare,
      port,
      user,
      family: 0,
      hostKeyName: dialled ?? bare,
      hostKeys: [],
      userKnownHosts: [],
      globalKnownHosts: [],
      identityFiles: ['/home/me/.ssh/id_ed25519'],
      identitiesOnly: false,
      certificates: [],
    } satisfies Hop,
    facts: {
      identity: {
        machine: number.toString(16).padStart(32, '0'),
        hostKeys: [`ssh-ed25519 ${name}`],
        running: `boot ${number}`,
      },
      os: 'debian',
      version: '12',
      title: 'Debian GNU/Linux 12 (bookworm)',
      architecture: 'x86_64',
      hostname: name,
      uptime: 90_000,
      clock: 0,
      readOnlyRoot: false,
      systemd: true,
      apt: true,
      perl: true,
      sudo: 'root',
      addresses: [{ device: 'eth0', address, passing: false }],
      defaults: [{ family: 4, device: 'eth0', ...(router !== undefined && { router }) }],
      ranges: router === undefined ? [] : [`${bare.split('.').slice(0, 3).join('.')}.0/24`],
      wireguard: [],
      module: 'available',
      tun: true,
      udp: new Map(),
      firewalls: [],
      tables: [],
      ...facts,
    },
  };
}

export const survey = (surveyed: readonly Surveyed[], heard: readonly Heard[] = []): Survey => ({
  surveyed,
  heard,
  observers: [],
  absent: new Map(),
  failed: [],
  unknownKeys: [],
  unmeasured: new Map(),
});

const home = (name: string, last: number): Surveyed =>
  machine(name, {
    address: `192.168.15.${last}/24`,
    router: '192.168.15.1',
    login: { from: '192.168.15.250', to: `192.168.15.${last}`, port: 22 },
  });

const EDGE = '198.51.100.25';
const OUTSIDE = '203.0.113.10';
const call = (from: string): Heard => ({
  from,
  to: 'ctb-edge-1',
  address: EDGE,
  port: 51820,
  at: 'ctb-edge-1',
  atPort: 51820,
  source: OUTSIDE,
});
const forwarded = (port: number, at: string): Heard => ({
  from: 'ctb-edge-1',
  address: OUTSIDE,
  port,
  at,
  atPort: 51820,
});

/** A rented machine and three at home behind one router, which forwards the ports given. */
export function fourMachines(forwards: readonly string[] = []): Survey {
  return survey(
    [
      machine('ctb-edge-1', { address: `${EDGE}/24`, login: { from: OUTSIDE, to: EDGE, port: 22 } }),
      home('ms-1', 2),
      home('wk-1', 3),
      home('wk-2', 4),
    ],
    [...['ms-1', 'wk-1', 'wk-2'].map(call), ...forwards.map((at, n) => forwarded(51820 + n, at))],
  );
}

/** A rented machine and one at home. */
export function vpsAndHome(): Survey {
  return survey([
    machine('vps', {
      address: '198.51.100.8/24',
      login: { from: '203.0.113.8', to: '198.51.100.8', port: 22 },
    }),
    machine('node-a', {
      address: '192.168.1.10/24',
      router: '192.168.1.1',
      login: { from: '192.168.1.50', to: '192.168.1.10', port: 22 },
    }),
  ]);
}
