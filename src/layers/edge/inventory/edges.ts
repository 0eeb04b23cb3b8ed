import { hostRoute } from '../../../model/address.js';
import { type Parsed, parseAddress, parseRange } from '../../../model/parse-address.js';
import type { RawAcme } from '../../../model/raw.js';
import { parseUrl } from '../../../model/url.js';
import type { Resolution } from '../../resolution.js';
import type { Acme, Edge } from './types.js';

const DIRECTORIES: Readonly<Record<string, string>> = {
  production: 'https://acme-v02.api.letsencrypt.org/directory',
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
};

/** An address is the range with nothing else in it. */
export function parseSource(text: string): Parsed {
  if (text.includes('/')) return parseRange(text);
  const parsed = parseAddress(text);
  return parsed.ok ? { ...parsed, text: hostRoute(parsed.text) } : parsed;
}

export function resolveEdges(work: Resolution): Edge[] {
  return Object.entries(work.raw.edges ?? {}).flatMap(([node, raw]): Edge[] => {
    const path = ['edges', node];
    const acme = resolveAcme(work, [...path, 'acme'], raw.acme);
    const trusted = work.parseAll([...path, 'trusted'], raw.trusted, parseSource);
    if (!work.refer(path, node, 'node', 'key')) return [];
    checkPlace(work, node);
    return [{ node, proxy: raw.proxy ?? 'traefik', ...(acme && { acme }), trusted }];
  });
}

/** Visitors reach it at an address of its own, or through its router. */
function checkPlace(work: Resolution, node: string): void {
  const { public: own, lan, site } = work.raw.nodes?.[node] ?? {};
  const router = site === undefined ? undefined : work.raw.sites?.[site];
  const forwarded = (router?.forwards ?? []).some(
    (forward) => forward?.node === node && forward.protocol === 'tcp',
  );
  const isRouted = router?.nat === false;
  if (own !== undefined || (isRouted ? lan !== undefined : forwarded)) return;
  if (!work.isSound(['nodes', node]) || (site !== undefined && !work.isSound(['sites', site]))) return;
  const fix =
    site === undefined
      ? `add nodes.${node}.public`
      : isRouted
        ? `add nodes.${node}.lan`
        : `add nodes.${node}.public, or to sites.${site}.forwards { protocol: tcp, port: 443, node: ${node} }`;
  work.report(['edges', node], `${node} has no public address, and no router forwards to it`, fix, 'key');
}

function resolveAcme(work: Resolution, path: readonly string[], raw: RawAcme | undefined): Acme | undefined {
  if (raw === undefined) return undefined;
  const challenge = raw.challenge ?? 'http';
  const named = raw.directory ?? 'production';
  const directory = DIRECTORIES[named] ?? work.parse([...path, 'directory'], named, parseUrl) ?? named;
  const dns = resolveDns(work, [...path, 'dns'], raw);
  if (challenge === 'dns' && raw.dns === undefined && work.isSound(path)) {
    const fix =
      'add it, such as "dns: { provider: hetzner, env: { HETZNER_API_KEY: { env: HETZNER_API_KEY } } }"';
    work.report([...path, 'dns'], 'is missing', fix, 'key');
  }
  if (challenge !== 'dns' && raw.dns !== undefined && work.isSound([...path, 'challenge'])) {
    work.report(
      [...path, 'dns'],
      `is only for challenge dns, and it is ${challenge}`,
      'remove it, or set challenge: dns',
      'key',
    );
  }
  return {
    // Without one, the schema has refused it, and nobody is to read that acme is missing.
    email: raw.email ?? '',
    challenge,
    directory,
    ...(raw.ca !== undefined && { ca: work.besideFile(raw.ca) }),
    ...(dns && { dns }),
  };
}

function resolveDns(work: Resolution, path: readonly string[], { dns }: RawAcme): Acme['dns'] {
  if (dns?.provider === undefined) return undefined;
  const env = Object.entries(dns.env ?? {}).flatMap(([name, raw]) => {
    const ref = work.secret([...path, 'env', name], raw);
    return ref === undefined ? [] : [[name, ref] as const];
  });
  return { provider: dns.provider, env: Object.fromEntries(env) };
}
