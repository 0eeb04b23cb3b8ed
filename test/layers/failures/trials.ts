import type { SeenFile } from '../../../src/facts/file.js';
import { APPS } from '../../../src/layers/edge/relays/table.js';
import { programsOf } from '../../../src/layers/edge/relays/units.js';
import { relayedAt } from '../../../src/layers/edge/relays/wanted.js';
import { relaysStep } from '../../../src/layers/edge/steps/relays.js';
import { closedNotes } from '../../../src/layers/host/forwarding/closed.js';
import { DROP_IN_PATHS } from '../../../src/layers/host/forwarding/followed.js';
import type { SeenForwarding } from '../../../src/layers/host/forwarding/live.js';
import { forwardingTable } from '../../../src/layers/host/forwarding/table-name.js';
import {
  DOCKER_UNIT_PATH,
  dockerScript,
  dockerScriptPath,
  dockerUnitOf,
  forwardingSysctlPath,
  LOADER_PATH,
  loadedPath,
  loaderScript,
  rulesetPath,
  UNIT_PATH,
  unitOf,
} from '../../../src/layers/host/forwarding/unit.js';
import { fileStep } from '../../../src/layers/host/steps/file.js';
import { packageStep } from '../../../src/layers/host/steps/package.js';
import { programStep } from '../../../src/layers/host/steps/program.js';
import { serviceStep } from '../../../src/layers/host/steps/service.js';
import { sysctlStep } from '../../../src/layers/host/steps/sysctl.js';
import { RunSecrets } from '../../../src/layers/pair-secrets.js';
import type { Change, Facts, StepContext } from '../../../src/layers/step.js';
import { presharedKeyFact, publicKeyFact } from '../../../src/layers/wireguard/facts.js';
import { keyPath } from '../../../src/layers/wireguard/keys/private-key.js';
import { KEEPS_AWAY } from '../../../src/layers/wireguard/ownership/keeps-away.js';
import { recordOf, recordPath } from '../../../src/layers/wireguard/ownership/record.js';
import { filesOf, type Left } from '../../../src/layers/wireguard/retire/probe.js';
import { retireStep } from '../../../src/layers/wireguard/retire/step.js';
import { forwardingStep } from '../../../src/layers/wireguard/steps/forwarding.js';
import { presharedKeysStep } from '../../../src/layers/wireguard/steps/preshared-keys.js';
import { wireguardStep } from '../../../src/layers/wireguard/steps/wireguard.js';
import { wireguardKeysStep } from '../../../src/layers/wireguard/steps/wireguard-keys.js';
import { parseInterface, type SeenInterface } from '../../../src/layers/wireguard/tunnel/live.js';
import { configPath } from '../../../src/layers/wireguard/tunnel/readings.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { hybridEdge } from '../../fixtures/edge-inventory.js';
import { NOTHING_PASSED } from '../../fixtures/nothing-passed.js';
import { phoneHome } from '../../fixtures/phone-home-inventory.js';
import { NO_FACTS, stepContext } from '../../support/step-context.js';
import { dnsTrials } from './dns-trials.js';
import { firewallTrials } from './firewall-trials.js';
import type { Trial } from './one-failure.js';
import { certificatesTrials, proxyTrials } from './proxy-trials.js';
import { tailscaleTrials } from './tailscale-trials.js';

type Files = Readonly<Record<string, string>>;

const on = (files: Files, changes: readonly Change[]): Trial[] =>
  changes.map(({ summary, script }) => ({ summary, script, files }));

const FILE: SeenFile = {
  type: 'file',
  mode: 0o600,
  uid: 1,
  owner: 'daemon',
  gid: 1,
  group: 'daemon',
  size: 1,
  content: 'x',
};

function fileTrials(): Trial[] {
  const plan = (params: object) =>
    fileStep.plan(stepContext({ path: '/etc/motd', ...params }), FILE, NO_FACTS);
  const files = { '/etc/motd': 'x' };
  return [
    ...on(files, plan({ content: 'y' })),
    ...on(files, plan({ content: 'x' })),
    ...on(files, plan({ state: 'absent' })),
  ];
}

function packageTrials(): Trial[] {
  return on({}, packageStep.plan(stepContext({ names: ['htop'] }), { installed: new Set() }, NO_FACTS));
}

function programTrials(): Trial[] {
  const seen = { architecture: 'amd64', link: 'none', any: false, folder: false } as const;
  const sources = { amd64: { url: 'https://example.com/x', sha256: 'a'.repeat(64) } };
  const changes = programStep.plan(stepContext({ name: 'x', version: '2', sources }), seen, NO_FACTS);
  const arrived = '/var/lib/bridgehead/arrived/x-2';
  const files = { [arrived]: 'x', '/usr/local/lib/bridgehead/x/1/x': 'old' };
  const absent = stepContext({ name: 'x', state: 'absent' as const });
  const removed = programStep.plan(absent, { ...seen, any: true }, NO_FACTS);
  return [...on(files, changes), ...on(files, removed)];
}

function serviceTrials(): Trial[] {
  const plan = (params: object, activeState: string, fileState: string) =>
    serviceStep.plan(
      stepContext({ unit: 'nginx.service', ...params }),
      {
        loadState: 'loaded',
        activeState,
        active: activeState === 'active',
        fileState,
        startedAt: 1,
        modified: new Map([['/etc/nginx.conf', 2]]),
      },
      NO_FACTS,
    );
  return on({}, [
    ...plan({ enabled: true, running: true }, 'failed', 'disabled'),
    ...plan({ enabled: false, running: false }, 'active', 'enabled'),
    ...plan({ restartAfter: ['/etc/nginx.conf'] }, 'active', 'enabled'),
  ]);
}

function sysctlTrials(): Trial[] {
  const values = { 'net.ipv4.ip_forward': 1, 'net.ipv4.tcp_syncookies': 0 };
  const seen = {
    file: { type: 'absent' } as const,
    live: new Map(),
    boot: { files: new Map() },
    advertisements: { devices: [], acceptRa: new Map(), hasOther: true },
  };
  return on(
    { '/proc/sys/net/ipv4/ip_forward': '0', '/proc/sys/net/ipv4/tcp_syncookies': '1' },
    sysctlStep.plan(stepContext({ values }), seen, NO_FACTS),
  );
}

const { inventory: shared, network } = await phoneHome(
  { presharedKeys: true },
  { publicKey: 'phone-public=' },
);
const NODE = 'vps';
const KEY = `${'A'.repeat(43)}=`;
const [OURS, THEIRS] = ['1'.repeat(64), '2'.repeat(64)] as const;
const psk = (peer: string): string => `/etc/wireguard/psk/wg0/${peer}`;

function contextOf(inventory: Inventory, nodeName = NODE): StepContext<object> {
  const node = inventory.nodes.find(({ name }) => name === nodeName);
  if (!node) throw new Error(`no ${nodeName}`);
  const networks = inventory.networks.filter(({ members }) => members.some((one) => one.node === nodeName));
  return stepContext({}, { inventory, node, networks });
}

const FACTS: Facts = {
  get: (node, key) => {
    if (key === publicKeyFact('wg0')) return `${node}-key=`;
    return key.startsWith(presharedKeyFact('wg0', '')) ? OURS : undefined;
  },
};

function wireguardKeysTrials(): Trial[] {
  const files = {
    '/etc/wireguard/wg0.key': 'key\n',
    '/etc/wireguard/old.key': 'key\n',
    '/etc/wireguard/wg0.conf': '[Interface]\nPrivateKey = key\n',
  };
  const { '/etc/wireguard/wg0.key': _key, ...keyless } = files;
  const plan = (seen: object) =>
    wireguardKeysStep.plan(
      contextOf(shared),
      new Map([['wg0', { mode: '', state: 'sound', ...seen } as const]]),
      FACTS,
    );
  return [
    ...on(keyless, [
      ...plan({ state: 'absent' }),
      ...plan({ state: 'adoptable' }),
      ...plan({ state: 'carried', from: 'old' }),
      ...plan({ state: 'kept', from: '/etc/wireguard/old.key' }),
    ]),
    ...on(files, [...plan({ state: 'damaged' }), ...plan({ mode: '644 root root' })]),
  ];
}

function presharedKeysTrials(): Trial[] {
  const secrets = new RunSecrets();
  secrets.make(network.name, NODE, 'phone');
  const seen = new Map([
    [psk('node-a'), { mode: '600 root root', sha256: OURS, from: '/etc/wireguard/psk/old/node-a' }],
    [psk('gone'), { mode: '600 root root', sha256: THEIRS }],
  ]);
  const open = new Map([[psk('node-a'), { mode: '644 root root', sha256: OURS }]]);
  const files = { '/etc/wireguard/psk/old/node-a': 'k', [psk('gone')]: 'k' };
  return [
    ...on(files, presharedKeysStep.plan({ ...contextOf(shared), secrets }, seen, FACTS)),
    ...on({ [psk('node-a')]: 'k' }, presharedKeysStep.plan({ ...contextOf(shared), secrets }, open, FACTS)),
  ];
}

const OFF = { enabled: false, active: false };
const RUNNING = { enabled: true, active: true };
const UFW = { drops: true, ipv6: false, rules: [], lines: [] };
const UFW_FILE = '/etc/ufw/sysctl.conf';
const UFW_FORWARDS = '# bridgehead, instead of: net/ipv4/ip_forward=0';
const OWN_TEXTS: Files = {
  [rulesetPath('wg0')]: `${closedNotes(['172.27.15.20'])}table inet x {}\n`,
  [forwardingSysctlPath('wg0')]:
    'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.src_valid_mark = 1\nnet.ipv6.conf.eth0.accept_ra = 2\n',
  [dockerScriptPath('wg0')]: 'x',
  [LOADER_PATH]: 'x',
  [UNIT_PATH]: 'x',
  [DOCKER_UNIT_PATH]: 'x',
};
/** A node that forwards, and goes on forwarding IPv6 for somebody else. */
const FORWARDING_FILES: Files = {
  ...OWN_TEXTS,
  [loadedPath('wg0')]: 'x',
  ...Object.fromEntries(DROP_IN_PATHS.map((path) => [path, 'x'])),
  '/etc/default/ufw': `IPT_SYSCTL=${UFW_FILE}\n`,
  [UFW_FILE]: `${UFW_FORWARDS}\nnet/ipv4/ip_forward=1\n`,
  '/proc/sys/net/ipv4/ip_forward': '1',
  '/proc/sys/net/ipv4/conf/all/src_valid_mark': '1',
  '/proc/sys/net/ipv6/conf/all/forwarding': '1\n',
  '/proc/sys/net/ipv6/conf/eth0/accept_ra': '2',
};

function forwardingTrials(): Trial[] {
  const member = contextOf(shared, 'node-a');
  const idle = { ...member, networks: [{ ...network, advertises: [] }] };
  const plan = (changes: Partial<SeenForwarding>, context = member) =>
    forwardingStep.plan(context, { ...NOTHING_PASSED, ...changes }, NO_FACTS);
  const docker = { drops: true, rules: ['-i wg0 -m comment --comment bridgehead-wg0'] };
  const was = {
    files: new Map(Object.entries(OWN_TEXTS).map(([path, text]) => [path, { mode: '644 root root', text }])),
    units: new Map([unitOf('wg0'), dockerUnitOf('wg0')].map((unit) => [unit, RUNNING])),
    tables: new Map([['wg0', { live: 'x', loaded: 'x' }]]),
    dropIns: new Map(DROP_IN_PATHS.map((path) => [path, 'x'])),
    ufw: { ...UFW, rules: [{ rule: 'allow in on wg0', comment: 'bridgehead-wg0' }] },
    ufwSettings: { path: UFW_FILE, lines: [UFW_FORWARDS] },
    docker: { ...NOTHING_PASSED.docker, 4: docker },
  };
  return [
    ...on({ [UFW_FILE]: 'net/ipv4/ip_forward=0\n' }, [
      ...plan({ ufw: UFW, ufwSettings: { path: UFW_FILE, lines: ['net/ipv4/ip_forward=0'] } }),
      ...plan({ docker: { ...NOTHING_PASSED.docker, 4: docker } }),
    ]),
    ...on(FORWARDING_FILES, plan(was, idle)),
    ...Object.entries({
      'what loads the rules': `set -- wg0\n${loaderScript(forwardingTable(''))}`,
      'what adds to DOCKER-USER': dockerScript({ 4: ['-i wg0'], 6: [] }),
    }).map(([summary, script]) => ({ summary, script, files: FORWARDING_FILES })),
  ];
}

const NO_INTERFACE = parseInterface('');

function wireguardTrials(): Trial[] {
  const live = {
    publicKey: 'OTHER=',
    port: 1,
    mtu: 1,
    addresses: ['172.27.15.99/32'],
    routes: ['172.27.15.98/32'],
    peers: ['vps-key=', 'node-a-key=', 'GONE='].map((publicKey) => ({
      publicKey,
      endpoint: '192.0.2.1:1',
      allowedIps: [],
      latestHandshake: 0,
      keepalive: 1,
    })),
    now: 1000,
  };
  const plan = (seen: Partial<SeenInterface>, node = NODE) =>
    wireguardStep.plan(contextOf(shared, node), new Map([['wg0', { ...NO_INTERFACE, ...seen }]]), FACTS);
  return on({ '/sys/class/net/wg0/uevent': 'DEVTYPE=wireguard\n' }, [
    ...plan({}),
    ...plan({ live, unit: OFF }),
    ...plan({ live, unit: { enabled: false, active: true } }),
    ...plan({ live, unit: RUNNING, ownKey: 'OWN=' }, 'node-a'),
  ]);
}

function retireTrials(): Trial[] {
  const record = recordOf({
    inventory: shared,
    network,
    node: NODE,
    publicKey: KEY,
    peers: [{ node: 'node-a', publicKey: KEY, addresses: ['10.8.0.3'] }],
    config: 'x',
  });
  const left: Left = {
    interface: 'wg0',
    seen: { ...NO_INTERFACE, record, unit: RUNNING, ownKey: KEY },
    presharedKeys: [],
    files: filesOf('wg0'),
  };
  const sysctl = '/etc/sysctl.d/99-bridgehead-mesh.conf';
  const files: Files = {
    ...FORWARDING_FILES,
    '/sys/class/net/wg0/uevent': 'DEVTYPE=wireguard\n',
    [configPath('wg0')]: 'x',
    [keyPath('wg0')]: 'key\n',
    [`${keyPath('wg0')}.damaged`]: 'x',
    [psk('node-a')]: 'k',
    [recordPath('wg0')]: 'x',
    ...Object.fromEntries(Object.values(KEEPS_AWAY).map((path) => [path('wg0'), 'x'])),
    [sysctl]: 'net.ipv6.conf.eth1.accept_ra = 2\n',
  };
  const plan = (inventory: Inventory) =>
    retireStep.plan(
      { ...contextOf(inventory), params: { wantedSysctls: [] } },
      { left: [left], sysctls: [sysctl] },
      NO_FACTS,
    );
  return on(files, [
    ...plan({ ...shared, networks: [] }),
    ...plan({ ...shared, networks: [{ ...network, interface: 'wghome' }] }),
  ]);
}

const EDGE = await hybridEdge();

function relaysTrials(): Trial[] {
  const seen = { files: new Map(), units: new Map(), programs: new Set(['nft']), sockets: [] };
  const plan = (inventory: Inventory, relays: object, forwarding: Partial<SeenForwarding> = {}) =>
    relaysStep.plan(
      { ...contextOf(inventory, 'home-1'), params: {} },
      { relays: { ...seen, ...relays }, forwarding: { ...NOTHING_PASSED, ...forwarding } },
      NO_FACTS,
    );
  const files = Object.fromEntries(
    programsOf(relayedAt(EDGE, NO_FACTS, 'home-1')).flatMap((program) => [...program.files]),
  );
  const units = Object.keys(files).map((path): [string, object] => [
    path.slice(path.lastIndexOf('/') + 1),
    { active: 'active', enabled: path.endsWith('.socket') },
  ]);
  const old = Object.entries(files).map(([path]): [string, object] => [
    path,
    { mode: '644 root root', text: 'x' },
  ]);
  const was = { files: new Map(old), units: new Map(units) };
  const settings = 'net.ipv4.ip_forward = 1\n';
  const own = { [rulesetPath(APPS)]: 'x', [forwardingSysctlPath(APPS)]: settings, [loadedPath(APPS)]: 'x' };
  const left = {
    files: new Map(Object.entries(own).map(([path, text]) => [path, { mode: '644 root root', text }])),
    units: new Map([[unitOf(APPS), RUNNING]]),
    tables: new Map([[APPS, { live: 'x', loaded: 'x' }]]),
  };
  return [
    ...on({}, plan(EDGE, {})),
    ...on({ ...files, ...own, '/proc/sys/net/ipv4/ip_forward': '1' }, [
      ...plan(EDGE, was),
      ...plan({ ...EDGE, apps: [] }, was, left),
    ]),
  ];
}

/** By kind of step: changes as it plans them, and the files that they find. */
export const TRIALS: Readonly<Record<string, readonly Trial[]>> = {
  file: fileTrials(),
  package: packageTrials(),
  program: programTrials(),
  service: serviceTrials(),
  sysctl: sysctlTrials(),
  'wireguard-keys': wireguardKeysTrials(),
  'preshared-keys': presharedKeysTrials(),
  forwarding: forwardingTrials(),
  wireguard: wireguardTrials(),
  relays: relaysTrials(),
  proxy: proxyTrials(),
  certificates: certificatesTrials(),
  retire: retireTrials(),
  firewall: firewallTrials(),
  tailscale: tailscaleTrials(),
  dns: dnsTrials(),
};
