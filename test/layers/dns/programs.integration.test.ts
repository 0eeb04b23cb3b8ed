import { resolverOf } from '../../../src/layers/dns/resolver/unit.js';
import { wantedViews } from '../../../src/layers/dns/steps/plan.js';
import { resolve } from '../../inventory/support.js';
import { canMount } from '../../support/can-mount.js';
import { answeredBy, UPSTREAM } from '../../support/dns-program.js';
import { NO_FACTS } from '../../support/step-context.js';
import { dnsOf } from './fixture.js';

/** What is asked for elsewhere. */
const PUBLISHED: Readonly<Record<string, string>> = {
  'example.com.A': '203.0.113.1',
  'example.com.AAAA': '2001:db8::1',
  '*.example.com.A': '203.0.113.2',
  '*.home.example.com.A': '203.0.113.3',
  '*.photos.example.com.A': '203.0.113.4',
  '_acme-challenge.example.com.TXT': 'proof',
  '*.home-1.home.example.com.A': '203.0.113.6',
  'elsewhere.org.A': '203.0.113.5',
};

interface Odd {
  readonly apps?: string;
  readonly dns: string;
  readonly lan?: string;
  readonly answers: Readonly<Record<string, string>>;
}

const VPS = '198.51.100.8';

const INVENTORIES: readonly (readonly [string, Odd])[] = [
  [
    'a wildcard at the zone',
    {
      dns: 'zone: home.example.com, records: { "*": 192.168.1.30, a.b.home.example.com: 192.168.1.31 }',
      answers: {
        'x.home.example.com A': '192.168.1.30',
        'x.home.example.com AAAA': 'none',
        'y.x.home.example.com A': '192.168.1.30',
        'home-1.home.example.com A': '192.168.1.10',
        'x.home-1.home.example.com A': '203.0.113.6',
        'a.b.home.example.com A': '192.168.1.31',
        'b.home.example.com A': '192.168.1.30',
        'c.b.home.example.com A': '192.168.1.30',
        '_bridgehead.home.example.com TXT': 'odd lan',
        'elsewhere.org A': '203.0.113.5',
      },
    },
  ],
  [
    'a wildcard above the zone, beside an exact name',
    {
      apps: 'g: { host: "*.example.com", to: { node: vps, port: 81 } }, photos: { host: photos.example.com, to: { node: vps, port: 82 } }',
      dns: 'zone: home.example.com, apps: { photos: home-1 }',
      answers: {
        'x.example.com A': VPS,
        'x.home.example.com A': VPS,
        'photos.example.com A': '192.168.1.10',
        'x.photos.example.com A': '203.0.113.4',
        'example.com A': '203.0.113.1',
        'example.com AAAA': '2001:db8::1',
        '_acme-challenge.example.com TXT': 'proof',
        '_bridgehead.home.example.com TXT': 'odd lan',
      },
    },
  ],
  [
    'a wildcard and its own name, which lead to different machines',
    {
      dns: 'zone: home.example.com, records: { "*.dev": 192.168.1.30, dev: 192.168.1.31, "*.x.dev.home.example.com": "fd42:1::7" }',
      answers: {
        'dev.home.example.com A': '192.168.1.31',
        'a.dev.home.example.com A': '192.168.1.30',
        'x.dev.home.example.com A': '192.168.1.30',
        'a.x.dev.home.example.com AAAA': 'fd42:1::7',
        'a.x.dev.home.example.com A': 'none',
        'other.home.example.com A': '203.0.113.3',
      },
    },
  ],
  [
    'a record of the zone itself',
    {
      dns: 'zone: home.example.com, nodes: false, records: { home.example.com: 192.168.1.30 }',
      answers: {
        'home.example.com A': '192.168.1.30',
        'home.example.com AAAA': 'none',
        'x.home.example.com A': '203.0.113.3',
        '_bridgehead.home.example.com TXT': 'odd lan',
      },
    },
  ],
  [
    'a record and a wildcard of the zone',
    {
      dns: 'zone: home.example.com, nodes: false, records: { home.example.com: 192.168.1.30, "*": 192.168.1.31 }',
      answers: {
        'home.example.com A': '192.168.1.30',
        'x.home.example.com A': '192.168.1.31',
        '_bridgehead.home.example.com TXT': 'odd lan',
      },
    },
  ],
  [
    'a zone that resolvers know by themselves',
    {
      dns: 'zone: home.arpa, records: { "*": 192.168.1.30, "*.dev": 192.168.1.31 }',
      answers: {
        'x.home.arpa A': '192.168.1.30',
        'x.dev.home.arpa A': '192.168.1.31',
        'home-1.home.arpa A': '192.168.1.10',
        '_bridgehead.home.arpa TXT': 'odd lan',
      },
    },
  ],
  [
    'one label as the zone, and IPv6 alone',
    {
      lan: 'fd42:1::10',
      dns: 'zone: lan, records: { "*.dev": "fd42:1::30" }',
      answers: {
        'x.dev.lan AAAA': 'fd42:1::30',
        'x.dev.lan A': 'none',
        'home-1.lan AAAA': 'fd42:1::10',
        'home-1.lan A': 'none',
        '_bridgehead.lan TXT': 'odd lan',
      },
    },
  ],
  [
    'two zones, one in the other, each with a wildcard',
    {
      dns: 'zone: [home.example.com, in.home.example.com], records: { "*": 192.168.1.30, "*.in.home.example.com": 192.168.1.31 }',
      answers: {
        'x.home.example.com A': '192.168.1.30',
        'x.in.home.example.com A': '192.168.1.31',
        'in.home.example.com A': '192.168.1.30',
        '_bridgehead.home.example.com TXT': 'odd lan',
        '_bridgehead.in.home.example.com TXT': 'odd lan',
      },
    },
  ],
  [
    'no name at all',
    {
      dns: 'zone: home.example.com, nodes: false',
      answers: { 'x.home.example.com A': '203.0.113.3', '_bridgehead.home.example.com TXT': 'odd lan' },
    },
  ],
];

(canMount ? describe : describe.skip).each(['dnsmasq', 'unbound'])('the real %s', (program) => {
  it.each(INVENTORIES)(
    'answers %s',
    (_, { apps = '', dns, lan = '[192.168.1.10, "fd42:1::10"]', answers }) => {
      const { inventory } = resolve(`name: odd
sites: { home: { subnet: [192.168.1.0/24, "fd42:1::/64"], router: 192.168.1.1 } }
nodes:
  home-1: { site: home, lan: ${lan} }
  vps: { public: ${VPS} }
edges:
  vps:
    acme: { email: me@example.com, challenge: dns, dns: { provider: hetzner, env: { HETZNER_API_TOKEN: { env: T } } } }
apps: {${apps}}
dns: { serve: home-1, resolver: ${program}, upstream: ${UPSTREAM}, ${dns} }
`);
      const [wanted] = wantedViews(inventory, NO_FACTS, 'home-1');
      if (wanted === undefined) throw new Error('no view');
      const resolver = resolverOf(dnsOf(inventory));
      expect(answeredBy({ resolver, wanted, published: PUBLISHED, questions: Object.keys(answers) })).toEqual(
        answers,
      );
    },
  );
});
