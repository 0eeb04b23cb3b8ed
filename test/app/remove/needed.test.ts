import { removeNode } from '../../../src/app/remove/edit-inventory.js';
import { refuseNeeded } from '../../../src/app/remove/needed.js';
import { BridgeheadError, InputError } from '../../../src/core/errors.js';
import { resolveText } from '../../layers/wireguard/clients/support.js';

const SMALL = `name: small
nodes:
  vps: { public: 198.51.100.1 }
  far: { public: 198.51.100.2, ssh: { host: 10.0.0.9, jump: bastion } }
  bastion: { public: 198.51.100.3 }
  relay: { public: 198.51.100.4 }
  nas: { public: 198.51.100.5 }
  pi: { public: 198.51.100.6, ssh: { host: 10.1.0.4 } }
networks:
  home:
    shape: hub
    hub: vps
    range: 10.1.0.0/24
    addresses: { vps: 10.1.0.1, nas: 10.1.0.2, far: 10.1.0.3, pi: 10.1.0.4 }
    clients:
      phone: { address: 10.1.0.9, reach: [nas] }
  mesh:
    interface: wg1
    port: 51821
    relay: relay
    range: 10.2.0.0/24
    addresses: { relay: 10.2.0.1, far: 10.2.0.2 }
`;

/** Every key that can name a node names home-1 or vps, alone or in a list. */
const SERVED = `name: served
defaults: { ssh: { jump: vps } }
sites:
  lan: { subnet: 192.168.1.0/24, router: 192.168.1.1, public: 203.0.113.8, forwards: [{ port: 51820, node: home-1 }] }
nodes:
  vps: { role: edge, public: 198.51.100.1, ssh: { jump: none } }
  vps-2: { public: 198.51.100.2, ssh: { jump: none } }
  home-1: { site: lan, lan: 192.168.1.10 }
  nas: { site: lan, lan: 192.168.1.20, ssh: { jump: home-1 } }
networks:
  mesh:
    range: 10.2.0.0/24
    addresses: { vps: 10.2.0.1, vps-2: 10.2.0.2, home-1: 10.2.0.3 }
    unmanaged:
      office: { on: home-1, publicKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", allowedIps: 10.9.0.0/24 }
firewall:
  - { on: role:edge, allow: [ssh, { port: 8080/tcp, from: home-1 }] }
  - { on: [home-1, nas], allow: [{ port: 22/tcp, from: ["node:vps", lan] }] }
edges:
  vps: { acme: { email: me@example.com, challenge: dns, dns: { provider: x, env: { X: { env: X } } } } }
  vps-2: { acme: { email: me@example.com, challenge: dns, dns: { provider: x, env: { X: { env: X } } } } }
apps:
  photos: { host: photos.example.com, edge: [vps, vps-2], to: { node: home-1, port: 2283 } }
  films: { host: films.example.com, edge: vps, to: { node: home-1, port: 8096 } }
dns:
  zone: home.arpa
  serve: home-1
  apps: { photos: [home-1, 192.0.2.1] }
  records: { router: home-1, other: vps }
lab:
  names: { some.example.com: [home-1, vps] }
`;

const inventory = resolveText(SMALL);

const refusal = (name: string, { offline = false, of = inventory } = {}): BridgeheadError | undefined => {
  try {
    refuseNeeded(of, name, { offline, playbook: 'hub' });
    return undefined;
  } catch (error) {
    return error as BridgeheadError;
  }
};

/** Paths that don't hold once the node is removed, as the file is then; places in lists without their number. */
function wrongWithout(name: string): string[] {
  try {
    resolveText(removeNode({ file: 'i.yaml', text: SERVED }, name));
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ path = '' }) => path.replace(/\[\d+\]$/, ''));
  }
}

describe('a node that is to be removed', () => {
  it.each([
    ['bastion', 'i.yaml:4:61  nodes.far.ssh.jump: far connects through it; give far another jump host'],
    ['vps', 'i.yaml:12:10  networks.home.hub: it is a hub of network home; name another'],
    ['relay', 'i.yaml:20:12  networks.mesh.relay: it is the relay of network mesh; name another'],
    [
      'nas',
      'i.yaml:16:43  networks.home.clients.phone.reach[0]: client phone may reach it; name what else it may',
    ],
  ])('is refused while others need it: %s', (name, why) => {
    expect(refusal(name)).toMatchObject({
      code: 'E_USAGE',
      message: `${name} can't be removed yet: the inventory names it in one place`,
      details: {
        evidence: why,
        fix: `change that first, and run \`bridgehead apply -i i.yaml -p hub\`; then remove ${name}`,
      },
    });
  });

  it.each([
    [
      'home-1',
      [
        'nodes.nas.ssh.jump: nas connects through it; give nas another jump host',
        'networks.mesh.unmanaged.office.on: it has the peer office; name another member, or remove the peer',
        'firewall[0].allow[1].from: a rule lets it in; remove what it allows',
        'firewall[1].on[0]: a rule is for it; remove it from the list',
        'apps.photos.to.node: photos is reached through it at home; name another node, or remove the app',
        'apps.films.to.node: films is reached through it at home; name another node, or remove the app',
        'dns.serve: it answers names; name another node',
        'dns.apps.photos[0]: photos leads to it; remove it from the list',
        'dns.records.router: router leads to it; change or remove the entry',
        'lab.names."some.example.com"[0]: some.example.com leads to it; remove it from the list',
      ],
    ],
    [
      'vps',
      [
        'defaults.ssh.jump: home-1 connects through it; name another',
        'firewall[0].on: "role:edge" only selects it; remove the rule',
        'firewall[1].allow[0].from[0]: a rule lets it in; remove it from the list',
        'edges.vps: visitors reach photos, films through this edge; remove the entry, and give the apps another edge',
        'apps.photos.edge[0]: visitors reach photos through it; remove it from the list',
        'apps.films.edge: visitors reach films through it; name another edge',
        'dns.records.other: other leads to it; change or remove the entry',
        'lab.names."some.example.com"[1]: some.example.com leads to it; remove it from the list',
      ],
    ],
  ])('is refused with every place that names it, in the order of the file: %s', (name, places) => {
    const served = resolveText(SERVED);
    const evidence = refusal(name, { of: served })?.details.evidence?.split('\n') ?? [];
    expect(evidence.map((line) => line.replace(/^i\.yaml:\d+:\d+ {2}/, ''))).toEqual(places);
    for (const line of evidence) {
      const [, row, column] = /^i\.yaml:(\d+):(\d+) {2}/.exec(line) ?? [];
      const at = SERVED.split('\n')[Number(row) - 1]?.slice(Number(column) - 1) ?? '';
      expect(at).toMatch(new RegExp(`^"?(node:)?${name}|^role:edge`));
    }
    expect(wrongWithout(name).filter((path) => !places.some((place) => place.startsWith(path)))).toEqual([]);
  });

  it('that is dead is named a command that runs without it', () => {
    expect(refusal('vps', { offline: true })?.details.fix).toBe(
      'change that first, and run `bridgehead apply -i i.yaml -p hub --skip-unreachable`; then remove vps',
    );
  });

  it('is refused by a name that no node has, with the nearest', () => {
    expect(refusal('bastoin')?.message).toContain('bastoin');
    expect(refusal('bastoin')).toBeInstanceOf(BridgeheadError);
  });

  it('is refused if its own way in goes with its network, unless it can’t be reached anyway', () => {
    expect(refusal('pi')?.message).toBe(
      "pi can't be removed: its SSH address is in network home, which it leaves",
    );
    expect(refusal('pi', { offline: true })).toBeUndefined();
  });

  it('may go otherwise', () => {
    expect(refusal('far')).toBeUndefined();
  });
});
