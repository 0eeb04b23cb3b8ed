import type { Listening } from '../../../src/facts/listening/listening.js';
import { unitOf } from '../../../src/layers/dns/resolver/unit.js';
import { dnsStep } from '../../../src/layers/dns/steps/dns.js';
import type { SeenDns } from '../../../src/layers/dns/steps/seen.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { resolve } from '../../inventory/support.js';
import { NO_FACTS, stepContext } from '../../support/step-context.js';
import { done, file, INVENTORY, NOTHING, RUNS, withDns } from './fixture.js';

const contextOf = (inventory: Inventory, name = 'home-1') => {
  const node = inventory.nodes.find((one) => one.name === name);
  if (node === undefined) throw new TypeError(`no node ${name}`);
  return stepContext({}, { inventory, node });
};
const plan = (seen: SeenDns, inventory = INVENTORY, node?: string) =>
  dnsStep.plan(contextOf(inventory, node), seen, NO_FACTS);
const summaries = (...args: Parameters<typeof plan>) => plan(...args).map(({ summary }) => summary);

const DONE = done(INVENTORY);

describe('the step dns', () => {
  it('writes and starts an instance for each place, and then changes nothing', () => {
    expect(summaries(NOTHING)).toEqual([
      'write /etc/systemd/system/bridgehead-dns@.service',
      'answer 9 names for the LAN of home at 192.168.1.10, fd42:1::10',
      'answer 9 names for network mesh at 10.88.0.10, fd42:88::10',
    ]);
    expect(plan(DONE)).toEqual([]);
  });

  it('restarts only the place whose answers are others, and says so', () => {
    const [change, ...rest] = plan(DONE, withDns({ apps: { start: [{ node: 'home-1' }] } })).filter(
      ({ summary }) => summary.includes('mesh'),
    );
    expect(rest).toEqual([]);
    expect(change?.disruption.detail).toBe(
      'restarts bridgehead-dns@network-mesh.service: no answers for less than 1 s',
    );
    expect(change?.diff).toContain('+host-record=start.example.com,10.88.0.10');
  });

  it.each([
    ['does not run', { active: false, activeState: 'failed' }],
    ['does not start at boot', { fileState: 'disabled' }],
    ['runs with an older file', { startedAt: 500 }],
  ])('starts an instance that %s', (_, change) => {
    const units = new Map([...DONE.units, [unitOf('lan'), { ...RUNS, ...change }]]);
    expect(summaries({ ...DONE, units })).toEqual([
      'answer 9 names for the LAN of home at 192.168.1.10, fd42:1::10',
    ]);
  });

  it('removes everything where it is no longer wanted, and nothing of another inventory', () => {
    const { dns: _, ...without } = INVENTORY;
    const [change, ...rest] = plan(DONE, without);
    expect(rest).toEqual([]);
    expect(change?.summary).toMatch(
      /^remove bridgehead-dns@lan\.service, bridgehead-dns@network-mesh\.service, \/etc\/systemd\/system\/bridgehead-dns@\.service, \/etc\/bridgehead\/dns\/lan\.conf/,
    );
    expect(change?.disruption.level).toBe('outage');
    expect(plan(DONE, { ...without, name: 'other' })).toEqual([]);
    expect(plan(NOTHING, without)).toEqual([]);
    expect(plan(NOTHING, INVENTORY, 'vps')).toEqual([]);
  });

  it('leaves a place alone whose addresses are not known now', () => {
    const tailnet = resolve(`name: split
nodes: { home-1: { public: 198.51.100.8 } }
networks: { tail: { kind: tailscale, authKey: { env: KEY } } }
dns: { zone: home.arpa, serve: home-1 }
`).inventory;
    const unit = unitOf('network-tail');
    const files = new Map([['/etc/bridgehead/dns/network-tail.conf', file('# For the inventory: split\n')]]);
    expect(plan({ ...NOTHING, files, present: [unit] }, tailnet)).toEqual([]);
  });

  it('moves from one program to the other', () => {
    expect(summaries(DONE, withDns({ resolver: 'unbound' }))).toEqual([
      'remove /etc/bridgehead/dns/lan.conf, /etc/bridgehead/dns/network-mesh.conf',
      'write /etc/systemd/system/bridgehead-dns@.service',
      'write /etc/unbound/bridgehead-lan.zone',
      'answer 9 names for the LAN of home at 192.168.1.10, fd42:1::10',
      'write /etc/unbound/bridgehead-network-mesh.zone',
      'answer 9 names for network mesh at 10.88.0.10, fd42:88::10',
    ]);
  });

  it('has the program try a configuration before it is in place', () => {
    const [, change] = plan(NOTHING);
    expect(change?.script).toMatch(/^\{ dnsmasq --test --conf-file="\$temp"; \} >&2 \|\| fail /m);
    const [, , byUnbound] = plan(NOTHING, withDns({ resolver: 'unbound' }));
    expect(byUnbound?.script).toMatch(/^\{ unbound-checkconf "\$temp"; \} >&2 \|\| fail /m);
  });

  it('removes the file of wildcards once there are none, and starts anew if only that file is another', () => {
    const wildcards = withDns({ resolver: 'unbound' });
    const none = withDns({ resolver: 'unbound', records: [] });
    const [lan] = plan(done(wildcards), none);
    expect(lan?.summary).toMatch(/^answer 7 names for the LAN/);
    expect(lan?.script).toContain("'rm' '-f' '/etc/unbound/bridgehead-lan.zone'");
    expect(plan(done(none), none)).toEqual([]);
    const records = [
      { key: '*.dev', name: '*.dev.home.example.com', targets: [{ address: '192.168.1.60' }] },
    ];
    const one = withDns({ resolver: 'unbound', records });
    const other = withDns({
      resolver: 'unbound',
      records: [{ ...records[0], targets: [{ address: '192.168.1.61' }] } as never],
    });
    expect(summaries(done(one), other)).toEqual([
      'write /etc/unbound/bridgehead-lan.zone',
      'answer 8 names for the LAN of home at 192.168.1.10, fd42:1::10',
      'write /etc/unbound/bridgehead-network-mesh.zone',
      'answer 8 names for network mesh at 10.88.0.10, fd42:88::10',
    ]);
  });
});

describe('what is refused', () => {
  const refusals = (seen: Partial<SeenDns>, inventory = INVENTORY, node?: string) =>
    dnsStep.refuse?.(contextOf(inventory, node), { ...NOTHING, ...seen }, NO_FACTS) ?? [];
  const socket = (changes: Partial<Listening>): Listening => ({
    protocol: 'udp',
    address: '0.0.0.0',
    port: 53,
    pid: '812',
    ...changes,
  });

  it.each<[Partial<Listening>, string, string]>([
    [
      { program: 'dnsmasq', unit: 'dnsmasq.service' },
      'port 53/udp of home-1 at all addresses is held by dnsmasq (pid 812) of dnsmasq.service',
      'bind-dynamic and except-interface',
    ],
    [
      { program: 'systemd-resolve', unit: 'systemd-resolved.service', address: '192.168.1.10' },
      'port 53/udp of home-1 at 192.168.1.10 is held by systemd-resolve (pid 812) of systemd-resolved.service',
      'DNSStubListenerExtra',
    ],
    [
      { program: 'pihole-FTL', unit: 'pihole-FTL.service' },
      'port 53/udp of home-1 at all addresses is held by pihole-FTL (pid 812) of pihole-FTL.service',
      'be dns.upstream',
    ],
    [
      { program: 'named', address: '10.88.0.10', protocol: 'tcp' },
      'port 53/tcp of home-1 at 10.88.0.10 is held by named (pid 812)',
      'stop what holds it on home-1',
    ],
  ])('is a port that somebody else has: %o', (holder, message, fix) => {
    const [refusal, ...rest] = refusals({ sockets: [socket(holder)] });
    expect(rest).toEqual([]);
    expect(refusal).toMatchObject({ code: 'E_NOT_OURS', message });
    expect(refusal?.fix).toContain(fix);
  });

  it('is not the stub of systemd-resolved, our own instances, or a port of a node that does not serve', () => {
    expect(refusals({ sockets: [socket({ address: '127.0.0.53' }), ...DONE.sockets] })).toEqual([]);
    expect(refusals({ sockets: [socket({})] }, INVENTORY, 'vps')).toEqual([]);
  });

  it('is a node that answers for another inventory', () => {
    const [refusal] = refusals({ files: DONE.files }, { ...INVENTORY, name: 'other' });
    expect(refusal?.message).toBe('home-1 answers names for inventory split');
  });
});

it('says which package is missing', () => {
  const reply = {
    id: 'x',
    code: 1,
    stdout: '',
    stderr: 'Unable to locate executable /usr/sbin/dnsmasq: No such file',
  };
  expect(dnsStep.explain?.(contextOf(INVENTORY), reply)).toMatchObject({
    code: 'E_STEP',
    message: 'home-1 has no dnsmasq',
  });
});
