import { appOpenings } from '../../../src/layers/edge/openings.js';
import { traefik } from '../../../src/layers/edge/proxy/traefik/traefik.js';
import { programsOf } from '../../../src/layers/edge/relays/units.js';
import { relayedAt } from '../../../src/layers/edge/relays/wanted.js';
import { problemsOf, resolve } from '../../inventory/support.js';
import { NO_FACTS } from '../../support/step-context.js';
import { routeOf, SETUP } from './proxy/routes.js';

const OPTIONS = {
  // An edge lets every request take a day.
  upload: '2d',
  rate: '100/s',
  allow: '[203.0.113.0/24]',
  deny: '[203.0.113.0/24]',
  headers: '{ X-Test: yes }',
  hsts: '180d',
  auth: '{ env: PHOTOS }',
  maintenance: 'true',
  proxyProtocol: 'true',
};
const KINDS = {
  http: 'host: a.example.com',
  tls: 'host: a.example.com, kind: tls',
  tcp: 'kind: tcp, listen: 5000',
  udp: 'kind: udp, listen: 5000',
};

const text = (kind: keyof typeof KINDS, closed: boolean, options: string): string => `name: edge
sites: { home: { subnet: 192.168.1.0/24, router: 192.168.1.1 } }
nodes:
  vps: { public: 198.51.100.8 }
  home-1: { site: home, lan: 192.168.1.10 }
networks:
  mesh: { range: 10.8.0.0/24, addresses: { vps: 10.8.0.1, home-1: 10.8.0.3 } }
${closed ? 'firewall: [{ on: vps, allow: [ssh] }]\n' : ''}edges:
  vps: { acme: { email: me@example.com } }
apps:
  photos: { ${KINDS[kind]}, to: { node: home-1, port: 2283 }, options: { ${options} } }
`;

/** All that is written on the nodes for the app, and what has to be open for it. */
function writtenFor(inventoryText: string): string {
  const { inventory } = resolve(inventoryText);
  const [app] = inventory.apps;
  if (app === undefined) throw new Error('no app');
  const setup = { ...SETUP, longestUpload: app.options.upload ?? 0 };
  return JSON.stringify([
    traefik.appFile(routeOf(app, app.options.auth && '/visitors'), setup),
    traefik.services(setup, [app]),
    appOpenings(inventory),
    programsOf(relayedAt(inventory, NO_FACTS, 'home-1')).map(({ files }) => [...files]),
  ]);
}

const CASES = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) =>
  [true, false].flatMap((closed) =>
    (Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]).map((option) => [option, kind, closed] as const),
  ),
);

it.each(CASES)(
  '%s of an app of kind %s is in what is written, or refused; edge closed: %s',
  (option, kind, closed) => {
    const written = text(kind, closed, `${option}: ${OPTIONS[option]}`);
    const problems = problemsOf(written);
    if (problems.length > 0) {
      expect(problems).toEqual([expect.stringContaining(`apps.photos.`)]);
      expect(problems[0]).toContain(option);
    } else {
      expect(writtenFor(written)).not.toBe(writtenFor(text(kind, closed, '')));
    }
  },
);
