import { caddy } from '../../../../src/layers/edge/proxy/caddy/caddy.js';
import { appOf, routeOf, SETUP } from './routes.js';

const EDGE = { ...SETUP.edge, proxy: 'caddy' as const };
const setup = { ...SETUP, edge: EDGE };
const site = (options: Parameters<typeof appOf>[1], visitors?: string): string =>
  caddy.appFile(routeOf(appOf({ hosts: ['a.example.com', 'b.example.com'] }, options), visitors), setup)
    .content;

describe("caddy: an app's file", () => {
  it('is a site that takes in its order once there is one', () => {
    expect(site({})).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.
a.example.com, b.example.com {
	import /etc/bridgehead/proxy/orders/photos/*.caddy
	route {
		reverse_proxy http://10.88.0.10:27524 {
			stream_close_delay 24h
			transport http {
				dial_timeout 10s
			}
		}
	}
}
`);
  });

  it('refuses and asks before the app is asked', () => {
    expect(
      site({ allow: ['192.0.2.0/24'], hsts: 60, headers: { 'X-A': 'b"c' } }, '/secret/photos-1'),
    ).toContain(`
	header "X-A" "b\\"c"
	header Strict-Transport-Security "max-age=60"
	@refused not client_ip 192.0.2.0/24
	route {
		respond @refused 403
		basic_auth {
			import /secret/photos-1
		}
		request_header -Authorization
		reverse_proxy`);
  });

  it('sends a header as it is written, whatever Caddy reads into its signs', () => {
    const text = site({ headers: { 'X-A': '{env.X} {$X} \\"\\{ `#` %' } });
    expect(text).toContain(`
	vars {
		brace \`{\`
		backslash \`\\\`
	}
	header "X-A" "{vars.brace}env.X} {vars.brace}$X} {vars.backslash}\\"{vars.backslash}{vars.brace} \`#\` %"
`);
    expect(site({ headers: { 'X-A': 'b' } })).not.toContain('vars');
  });

  it('answers 503 with a page under maintenance', () => {
    const text = site({ maintenance: true });
    expect(text).not.toContain('reverse_proxy');
    expect(text).toMatch(/respond `<!doctype html>[^`]+` 503/);
  });
});

it('makes certificates of its own until they are ordered', () => {
  const file = caddy.services(setup, [])[0]?.files.find(({ path }) => path.endsWith('Caddyfile'));
  expect(file?.content).toContain('\n\tlocal_certs\n\tskip_install_trust\n');
  const order = caddy.orderFile({ app: appOf(), attempt: 2 }, { ...setup, authority: 'PEM' });
  expect(order.path).toBe('/etc/bridgehead/proxy/orders/photos/order.caddy');
  expect(caddy.attemptOf(order.content)).toBe(2);
  expect(order.content).toContain(`tls {
	issuer acme {
		dir https://authority.example.net/dir
		email me@example.com
		trusted_roots /etc/bridgehead/proxy/authority.pem
		disable_tlsalpn_challenge
	}
}`);
});

it('says what it can not do', () => {
  const acme = { email: 'me@example.com', directory: 'https://a/dir', challenge: 'dns' as const };
  const apps = [
    appOf({ kind: 'tcp', listen: 1, name: 'game' }),
    appOf({}, { rate: { requests: 1, per: 1 } }),
  ];
  expect(caddy.problems({ ...EDGE, acme }, apps)).toEqual([
    'caddy has no providers of DNS built in; set acme.challenge: http, or proxy: traefik',
    "caddy can't serve game, which is of kind tcp; set proxy: traefik",
    "caddy can't limit the rate of photos; remove options.rate, or set proxy: traefik",
  ]);
  expect(caddy.problems(EDGE, [appOf()])).toEqual([]);
});
