import type { SeenFile } from '../../../src/facts/file.js';
import type { SeenUnit } from '../../../src/facts/unit.js';
import { wantedFiles } from '../../../src/layers/tailscale/daemon/files.js';
import { RECORD_PATH } from '../../../src/layers/tailscale/daemon/paths.js';
import { type Membership, membershipOf } from '../../../src/layers/tailscale/inventory/members.js';
import type { SeenPrefs } from '../../../src/layers/tailscale/live/prefs.js';
import type { SeenPeer, SeenStatus } from '../../../src/layers/tailscale/live/status.js';
import type { TailscaleSeen } from '../../../src/layers/tailscale/steps/seen.js';
import type { Inventory, Node } from '../../../src/model/inventory.js';
import { resolve } from '../../inventory/support.js';

export const TEXT = `name: home
sites:
  home: { subnet: 192.168.15.0/24, router: 192.168.15.1 }
nodes:
  edge: { public: 198.51.100.25 }
  wk-1: { site: home, lan: 192.168.15.3 }
  wk-2: { site: home, lan: 192.168.15.4 }
networks:
  tail:
    kind: tailscale
    loginServer: https://hs.example.com
    authKey: { env: TS_AUTHKEY }
    advertise: { wk-1: 192.168.15.0/24 }
    accept: edge
`;

export const INVENTORY: Inventory = resolve(TEXT).inventory;

export function nodeOf(name: string, { nodes }: Inventory = INVENTORY): Node {
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new TypeError(`no node ${name}`);
  return node;
}

export function membership(name: string, inventory: Inventory = INVENTORY): Membership {
  const found = membershipOf(inventory, name);
  if (found === undefined) throw new TypeError(`${name} is in no tailnet`);
  return found;
}

export const peer = (hostName: string, changes: Partial<SeenPeer> = {}): SeenPeer => ({
  key: `nodekey:${hostName}`,
  id: `n${hostName}`,
  hostName,
  addresses: [{ edge: '100.64.0.1', 'wk-1': '100.64.0.2', 'wk-2': '100.64.0.3' }[hostName] ?? '100.64.0.9'],
  online: true,
  directly: '',
  relay: '',
  routes: [],
  isExit: false,
  tags: [],
  ...changes,
});

export const status = (name: string, changes: Partial<SeenStatus> = {}): SeenStatus => ({
  state: 'Running',
  self: peer(name),
  keyExpiry: undefined,
  peers: ['edge', 'wk-1', 'wk-2'].filter((other) => other !== name).map((other) => peer(other)),
  health: [],
  ...changes,
});

export const prefs = (name: string, changes: Partial<SeenPrefs> = {}): SeenPrefs => ({
  loginServer: 'https://hs.example.com',
  hostName: name,
  acceptDns: false,
  acceptRoutes: name === 'edge',
  advertises: name === 'wk-1' ? ['192.168.15.0/24'] : [],
  offersExit: false,
  exitNodeId: '',
  exitNodeAddress: '',
  exitKeepsLan: false,
  tags: [],
  netfilter: 'on',
  ...changes,
});

export const unit = (changes: Partial<SeenUnit> = {}): SeenUnit => ({
  loadState: 'loaded',
  activeState: 'active',
  active: true,
  fileState: 'enabled',
  startedAt: 1000,
  modified: new Map(),
  ...changes,
});

export const file = (content: string): SeenFile => ({
  type: 'file',
  mode: 0o644,
  uid: 0,
  owner: 'root',
  gid: 0,
  group: 'root',
  size: content.length,
  content,
});

/** A node as it is after an apply. */
export function joined(name: string, changes: Partial<TailscaleSeen> = {}): TailscaleSeen {
  const wanted = wantedFiles({
    inventory: INVENTORY,
    node: nodeOf(name),
    membership: membership(name),
    packaged: false,
    authority: undefined,
  });
  return {
    packaged: false,
    hasState: true,
    unit: unit(),
    files: new Map(
      [...wanted].map(([path, text]) => [path, text === undefined ? { type: 'absent' } : file(text)]),
    ),
    prefs: prefs(name),
    status: status(name),
    uses: [],
    lans: [],
    forwards: new Set([4]),
    login: { from: '192.0.2.7', to: '192.0.2.9', port: 22, device: 'eth0' },
    ...changes,
  };
}

/** A machine that has never heard of Tailscale. */
export const untouched = (changes: Partial<TailscaleSeen> = {}): TailscaleSeen => ({
  packaged: false,
  hasState: false,
  unit: unit({
    loadState: 'not-found',
    activeState: 'inactive',
    active: false,
    fileState: '',
    startedAt: undefined,
  }),
  files: new Map([[RECORD_PATH, { type: 'absent' }]]),
  prefs: undefined,
  status: undefined,
  uses: [],
  lans: [],
  forwards: new Set(),
  login: { from: '192.0.2.7', to: '192.0.2.9', port: 22, device: 'eth0' },
  ...changes,
});
