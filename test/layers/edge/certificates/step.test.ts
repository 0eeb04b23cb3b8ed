import { explainRefusal } from '../../../../src/layers/edge/certificates/explain.js';
import type { Stored } from '../../../../src/layers/edge/certificates/stored.js';
import { caddy } from '../../../../src/layers/edge/proxy/caddy/caddy.js';
import { traefik } from '../../../../src/layers/edge/proxy/traefik/traefik.js';
import { certificatesStep, type SeenCertificates } from '../../../../src/layers/edge/steps/certificates.js';
import { textOf } from '../../../../src/remote/script.js';
import { hybridEdge } from '../../../fixtures/edge-inventory.js';
import { NO_FACTS } from '../../../support/step-context.js';
import { SETUP } from '../proxy/routes.js';
import { contextOn, fileAt } from '../proxy/seen-proxy.js';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const inventory = await hybridEdge({ films: undefined, vault: undefined, start: undefined });
const context = contextOn(inventory, 'vps');
const [photos] = inventory.apps;
if (photos === undefined) throw new Error('no app photos');
const ORDER = '/etc/bridgehead/proxy/apps/photos.certificates.yml';
const HAS: Stored = { names: photos.hosts, issuer: 'R11', from: NOW - 1, to: NOW + 1000 };
const SETUP_ACME = { email: 'me@example.com', challenge: 'http' } as const;
const SEEN: SeenCertificates = { stored: [], keys: [], files: new Map(), now: NOW };
const ordered = (attempt: number) =>
  new Map([[ORDER, fileAt(traefik.orderFile({ app: photos, attempt }, SETUP).content)]]);
const plan = (seen: Partial<SeenCertificates>) =>
  certificatesStep.plan(context, { ...SEEN, ...seen }, NO_FACTS);

describe('certificates', () => {
  it('are ordered, and waited for', () => {
    const [change, ...rest] = plan({});
    expect(rest).toEqual([]);
    expect(change?.summary).toBe('order a certificate for photos.example.com');
    expect(change?.disruption).toEqual({ level: 'none' });
    expect(change?.diff).toContain('photos-certificates-1');
    expect(change?.script).toContain("set -- 'photos.example.com'");
  });

  it('are all ordered before the first is waited for', async () => {
    const all = await hybridEdge();
    const changes = certificatesStep.plan(contextOn(all, 'vps'), { ...SEEN, stored: [HAS] }, NO_FACTS);
    expect(changes.map(({ summary }) => summary)).toEqual([
      'keep the certificates of photos renewed',
      'order a certificate for films.example.com',
      'order a certificate for vault.example.com',
      'order a certificate for start.example.com, www.example.com',
    ]);
    const scripts = changes.map(({ script }) => script);
    expect(scripts.map((script) => script.includes('print_names'))).toEqual([false, false, false, true]);
    expect(scripts.map((script) => script.includes('does not serve'))).toEqual([true, false, false, true]);
    for (const name of ['films-certificates-1', 'vault-certificates-1', 'start-certificates-1'])
      expect(scripts[3]).toContain(`'${name}'`);
    expect(scripts[3]).toContain(
      "set -- 'films.example.com' 'vault.example.com' 'start.example.com' 'www.example.com'",
    );
    expect(scripts[3]).toContain(
      "began=$(stat -c %Y '/etc/bridgehead/proxy/apps/films.certificates.yml') || exit",
    );
  });

  it('are left alone once they are there', () => {
    expect(plan({ stored: [HAS], files: ordered(1) })).toEqual([]);
    expect(plan({ stored: [HAS], files: ordered(4) })).toEqual([]);
  });

  it('are ordered again, as another order, if there is none or it has expired', () => {
    for (const stored of [[], [{ ...HAS, to: NOW }]]) {
      const [change] = plan({ stored, files: ordered(2) });
      expect(change?.summary).toBe('order a certificate for photos.example.com again: there is none yet');
      expect(change?.diff).toContain('+    photos-certificates-3:');
    }
  });

  it('of before are kept renewed without an order', () => {
    const [change] = plan({ stored: [HAS] });
    expect(change?.summary).toBe('keep the certificates of photos renewed');
    expect(change?.script).not.toContain('print_names');
  });

  it.each([
    ['644 bridgehead-proxy', { level: 'none' }],
    ['600 root', { level: 'brief', detail: 'restarts bridgehead-traefik.service: cuts all visitors' }],
  ])('have their keys to themselves: %s', (mode, disruption) => {
    const keys = [{ mode, path: '/var/lib/bridgehead-traefik/a.json' }];
    expect(plan({ stored: [HAS], files: ordered(1), keys })).toMatchObject([{ disruption }]);
  });

  it('restart Caddy for another authority, which keeps what it has as long as it runs', () => {
    const [edge] = inventory.edges;
    if (edge?.acme === undefined) throw new Error('no authority');
    const at = (directory: string) => ({
      ...edge,
      proxy: 'caddy' as const,
      acme: { ...SETUP_ACME, directory },
    });
    const [here, there] = [at('https://a/dir'), at('https://b/dir')];
    const order = caddy.orderFile({ app: photos, attempt: 1 }, { ...SETUP, edge: here });
    const changesOn = (one: typeof here) =>
      certificatesStep.plan(
        contextOn({ ...inventory, edges: [one] }, 'vps'),
        { ...SEEN, files: new Map([[order.path, fileAt(order.content)]]) },
        NO_FACTS,
      );
    expect(changesOn(there)[0]).toMatchObject({
      disruption: { level: 'brief', detail: 'restarts bridgehead-caddy.service: cuts all visitors' },
      script: expect.stringContaining("systemctl restart 'bridgehead-caddy.service' || exit"),
    });
    expect(changesOn(here)[0]).toMatchObject({ disruption: { level: 'none' } });
  });

  it.each(['link root', 'link bridgehead-proxy'])('are refused what leads elsewhere: %s', (mode) => {
    const keys = [{ mode, path: '/var/lib/bridgehead-traefik/a.json' }];
    const seen = { ...SEEN, stored: [HAS], files: ordered(1), keys };
    expect(certificatesStep.plan(context, seen, NO_FACTS)).toEqual([]);
    expect(certificatesStep.refuse?.(context, seen, NO_FACTS)).toMatchObject([
      { code: 'E_STEP', message: expect.stringContaining('/a.json of vps must be a file of its own') },
    ]);
  });

  it("are not ordered by another inventory's proxy", () => {
    const files = new Map([['/etc/bridgehead/proxy/inventory', fileAt('other\n')]]);
    expect(certificatesStep.refuse?.(context, { ...SEEN, files }, NO_FACTS)).toMatchObject([
      { code: 'E_NOT_OURS', message: 'vps is an edge of inventory other' },
    ]);
    expect(certificatesStep.refuse?.(context, SEEN, NO_FACTS)).toEqual([]);
  });

  it('are asked for by authority: those of another one do not count', () => {
    const [edge] = inventory.edges;
    if (edge?.acme === undefined) throw new Error('no authority');
    const { acme } = edge;
    const scriptOf = (directory: string, proxy: 'caddy' | 'traefik'): string => {
      const edges = [{ ...edge, proxy, acme: { ...acme, directory } }];
      return textOf(certificatesStep.probe(contextOn({ ...inventory, edges }, 'vps')).script);
    };
    for (const proxy of ['caddy', 'traefik'] as const) {
      const staging = scriptOf('https://acme-staging-v02.api.letsencrypt.org/directory', proxy);
      expect(staging).toContain('acme-staging-v02.api.letsencrypt.org-directory');
      expect(scriptOf('https://acme-v02.api.letsencrypt.org/directory', proxy)).not.toContain('staging');
    }
  });

  it('are for edges', () => {
    expect(certificatesStep.check?.(contextOn(inventory, 'home-1'))).toEqual([
      'home-1 is not an edge; write "on: edges"',
    ]);
    expect(certificatesStep.check?.(context)).toEqual([]);
  });
});

describe('a refusal', () => {
  const said = (error: string) =>
    `no certificate for photos.example.com\nphotos.example.com: 2026 ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [photos.example.com]: ${error}" ACME CA=https://a/dir\n`;
  const explain = (error: string) =>
    explainRefusal(context, { id: 's', code: 1, stdout: '', stderr: said(error) });

  it.each([
    [
      'acme: error: 400 :: urn:ietf:params:acme:error:connection :: 198.51.100.8: Fetching http://photos.example.com/: Connection refused',
      /nobody listens/i,
    ],
    [
      'acme: error: 400 :: urn:ietf:params:acme:error:connection :: dial tcp [2001:db8::9]:80: connect: no route to host',
      /AAAA record/,
    ],
    [
      'acme: error: 400 :: urn:ietf:params:acme:error:connection :: context deadline exceeded',
      /must be open/,
    ],
    [
      'acme: error: 400 :: urn:ietf:params:acme:error:dns :: NXDOMAIN looking up A for photos.example.com',
      /point the A and AAAA/,
    ],
    [
      'acme: error: 403 :: urn:ietf:params:acme:error:unauthorized :: Invalid response',
      /another machine answers/,
    ],
    ['acme: error: 403 :: urn:ietf:params:acme:error:caa :: CAA record prevents issuance', /CAA/],
    ['acme: error: 429 :: urn:ietf:params:acme:error:rateLimited :: too many certificates', /staging/],
    [
      'cannot get ACME client Get "https://a/dir": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      /acme\.ca/,
    ],
    [
      String.raw`cannot get ACME client get directory at 'https://a/dir': unable to communicate with the API server: error: Get \"https://a/dir\": dial tcp [2001:db8::1]:443: connect: connection refused`,
      /authority can't be reached/,
    ],
    [
      'cannot get ACME client Get "https://a/dir": dial tcp 192.0.2.1:443: connect: network is down',
      /can't be reached/,
    ],
  ])('says what to do: %s', (error, fix) => {
    const explanation = explain(error);
    expect(explanation?.message).toContain('vps got no certificate for photos.example.com: ');
    expect(explanation?.fix).toMatch(fix);
  });

  it.each([
    [
      String.raw`acme: error: 400 :: urn:ietf:params:acme:error:connection :: Get \"http://a/\": connection refused]`,
      '400 :: urn:ietf:params:acme:error:connection :: Get "http://a/": connection refused',
    ],
    [
      'cannot get ACME client',
      'unable to generate a certificate for the domains [photos.example.com]: cannot get ACME client',
    ],
  ])('is in the words of the authority: %s', (error, words) => {
    expect(explain(error)?.message).toBe(`vps got no certificate for photos.example.com: ${words}`);
  });

  it("is read from Caddy's journal, too", () => {
    const line =
      '{"level":"error","msg":"will retry","error":"[a.example.com] Obtain: HTTP 400 urn:ietf:params:acme:error:dns - NXDOMAIN"}';
    const stderr = `no certificate for a.example.com\na.example.com: ${line}\n`;
    const explanation = explainRefusal(context, { id: 's', code: 1, stdout: '', stderr });
    expect(explanation?.message).toBe(
      'vps got no certificate for a.example.com: [a.example.com] Obtain: HTTP 400 urn:ietf:params:acme:error:dns - NXDOMAIN',
    );
    expect(explanation?.fix).toMatch(/^point the A and AAAA/);
  });

  it('of several names has what was said of each, and of alike ones once', () => {
    const line = (name: string, error: string) =>
      `${name}: 2026 ERR Unable error="acme: error: ${error}" ACME CA=https://a/dir\n`;
    const [caa, limit] = ['403 :: urn:ietf:params:acme:error:caa :: CAA', '429 :: rateLimited :: too many'];
    const stderr = `no certificate for a.com b.com c.com d.com\n${line('a.com', caa)}${line('c.com', caa)}${line('d.com', limit)}`;
    expect(explainRefusal(context, { id: 's', code: 1, stdout: '', stderr })?.message).toBe(
      `vps got no certificate for a.com, c.com: ${caa}; b.com: the authority has not answered in time; d.com: ${limit}`,
    );
  });

  it('that never came says so', () => {
    const stderr = 'no certificate for photos.example.com\n';
    expect(explainRefusal(context, { id: 's', code: 1, stdout: '', stderr })?.message).toContain(
      'has not answered in time',
    );
    expect(explainRefusal(context, { id: 's', code: 1, stdout: '', stderr: 'x' })).toBeUndefined();
  });
});
