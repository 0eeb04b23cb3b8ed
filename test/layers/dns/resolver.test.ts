import { dnsmasq } from '../../../src/layers/dns/resolver/dnsmasq.js';
import type { Resolver, WantedView } from '../../../src/layers/dns/resolver/resolver.js';
import { unbound } from '../../../src/layers/dns/resolver/unbound.js';
import { unitText } from '../../../src/layers/dns/resolver/unit.js';
import { wantedViews } from '../../../src/layers/dns/steps/plan.js';
import { NO_FACTS } from '../../support/step-context.js';
import { INVENTORY, withDns } from './fixture.js';

const few = withDns(
  { nodes: false, upstream: ['9.9.9.9', '2620:fe::fe'] },
  { ...INVENTORY, apps: INVENTORY.apps.slice(0, 1) },
);
const [lan, mesh] = wantedViews(few, NO_FACTS, 'home-1');
if (lan === undefined || mesh === undefined) throw new Error('two views');

const textOf = (resolver: Resolver, wanted: WantedView): string => resolver.files(wanted).config.content;

describe('dnsmasq', () => {
  it('listens at the addresses of a place, and answers a name in both families or not at all', () => {
    expect(textOf(dnsmasq, lan)).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.
# For the inventory: split
# What the LAN of home is answered.
bind-dynamic
listen-address=192.168.1.10
listen-address=fd42:1::10
no-hosts
local-ttl=60
cache-size=1000
no-resolv
server=9.9.9.9
server=2620:fe::fe
txt-record=_bridgehead.home.example.com,split lan
server=/_acme-challenge.dev.home.example.com/#
local=/printer.home.example.com/
server=/*.printer.home.example.com/#
host-record=printer.home.example.com,192.168.1.50
local=/*.dev.home.example.com/
address=/*.dev.home.example.com/192.168.1.10
address=/*.dev.home.example.com/fd42:1::10
local=/photos.example.com/
server=/*.photos.example.com/#
host-record=photos.example.com,198.51.100.8
host-record=photos.example.com,2001:db8:8::1
`);
    expect(textOf(dnsmasq, mesh)).toMatch(
      /^# What network mesh is answered\.\nbind-dynamic\nlisten-address=10\.88\.0\.10\n[\s\S]*split network-mesh\n[\s\S]*host-record=photos\.example\.com,10\.88\.0\.1\n/m,
    );
  });

  it('asks what the node asks for all other names, unless it is told', () => {
    const [own] = wantedViews(INVENTORY, NO_FACTS, 'home-1');
    expect(own && textOf(dnsmasq, own)).not.toMatch(/no-resolv|^server=[^/]/m);
  });
});

describe('an address of a LAN that the internet can reach', () => {
  const at = (resolver: 'dnsmasq' | 'unbound', closed: readonly string[] = []) => {
    const public4 = '203.0.113.10';
    const nodes = INVENTORY.nodes.map((node) =>
      node.name === 'home-1' ? { ...node, lanAddresses: [...node.lanAddresses, public4] } : node,
    );
    const sites = INVENTORY.sites.map((site) =>
      site.name === 'home' ? { ...site, subnets: [...site.subnets, '203.0.113.0/24'] } : site,
    );
    const [view] = wantedViews(
      withDns({ resolver }, { ...INVENTORY, nodes, sites, closed }),
      NO_FACTS,
      'home-1',
    );
    if (view === undefined) throw new Error('no view');
    return textOf(resolver === 'dnsmasq' ? dnsmasq : unbound, view);
  };

  it('is not answered by dnsmasq, which refuses nobody, unless the firewall does', () => {
    expect(at('dnsmasq')).not.toContain('listen-address=203.0.113.10');
    expect(at('dnsmasq')).toContain('listen-address=192.168.1.10\n');
    expect(at('dnsmasq', ['home-1'])).toContain('listen-address=203.0.113.10\n');
  });

  it('is answered by unbound to the ranges of the inventory and to private ones', () => {
    const text = at('unbound');
    expect(text).toContain('\tinterface: 203.0.113.10\n');
    expect(text).toContain('\taccess-control: 203.0.113.0/24 allow\n');
    expect(text).toContain('\taccess-control: 10.0.0.0/8 allow\n');
    expect(text).not.toMatch(/access-control: (0\.0\.0\.0|::)\/0/);
  });
});

it('unbound answers the same', () => {
  const text = textOf(unbound, lan);
  expect(text).toContain('\tinterface: 192.168.1.10\n\tinterface: fd42:1::10\n\tip-freebind: yes\n');
  expect(text).toContain(
    '\tlocal-zone: "photos.example.com." transparent\n\tlocal-data: "photos.example.com. 60 IN A 198.51.100.8"\n\tlocal-data: "photos.example.com. 60 IN AAAA 2001:db8:8::1"\n',
  );
  expect(text).toContain(
    '\tlocal-zone: "dev.home.example.com." transparent\nrpz:\n\tname: "bridgehead."\n\tzonefile: "/etc/unbound/bridgehead-lan.zone"\n',
  );
  expect(text).toContain(`\tlocal-data: '_bridgehead.home.example.com. 60 IN TXT "split lan"'\n`);
  expect(text).toMatch(
    /forward-zone:\n\tname: "\."\n\tforward-addr: 9\.9\.9\.9\n\tforward-addr: 2620:fe::fe\n$/,
  );
});

it('unbound has wildcards in a file of their own, which the proof for a certificate passes', () => {
  expect(unbound.files(lan).others).toEqual([
    {
      path: '/etc/unbound/bridgehead-lan.zone',
      content: `$TTL 60
@ SOA localhost. root.localhost. 1 3600 600 86400 60
@ NS localhost.
_acme-challenge.dev.home.example.com CNAME rpz-passthru.
*.dev.home.example.com A 192.168.1.10
*.dev.home.example.com AAAA fd42:1::10
`,
    },
  ]);
  const without = { ...lan, answers: lan.answers.filter(({ name }) => !name.startsWith('*')) };
  expect(unbound.files(without).others).toEqual([]);
  expect(textOf(unbound, without)).not.toContain('rpz');
});

it.each([dnsmasq, unbound])('the unit of $kind is of a user that may only bind', (resolver) => {
  const text = unitText(resolver);
  expect(text).toMatch(/^DynamicUser=yes$/m);
  expect(text).toMatch(/^CapabilityBoundingSet=CAP_NET_BIND_SERVICE$/m);
  expect(text).toContain(resolver.paths('%i').at(-1));
});
