import type { RawAppOptions } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import { parseSource } from './edges.js';
import type { AppKind, AppOptions, Rate } from './types.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90s`, `2h`. */
const seconds = (text: string): number => Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? 1);

function rateOf(text: string): Rate {
  const [requests, unit = 's'] = text.split('/');
  return { requests: Number(requests), per: SECONDS[unit] ?? 1 };
}

/** Options that need somebody who reads the requests. */
const HTTP_ONLY = ['upload', 'rate', 'headers', 'hsts', 'auth', 'maintenance'] as const;

export function resolveOptions(
  work: Resolution,
  app: string,
  raw: RawAppOptions = {},
  kind: AppKind,
): AppOptions {
  const path = ['apps', app, 'options'];
  refuseUnread(work, path, raw, kind);
  const ranges = (key: 'allow' | 'deny') =>
    raw[key] === undefined ? {} : { [key]: work.parseAll([...path, key], raw[key], parseSource) };
  const auth = work.secret([...path, 'auth'], raw.auth);
  return {
    ...(raw.upload !== undefined && { upload: seconds(raw.upload) }),
    ...(raw.rate !== undefined && { rate: rateOf(raw.rate) }),
    ...ranges('allow'),
    ...ranges('deny'),
    headers: raw.headers ?? {},
    ...(raw.hsts !== undefined && { hsts: seconds(raw.hsts) }),
    ...(auth && { auth }),
    maintenance: raw.maintenance ?? false,
    proxyProtocol: raw.proxyProtocol ?? false,
  };
}

function refuseUnread(work: Resolution, path: readonly string[], raw: RawAppOptions, kind: AppKind): void {
  if (kind !== 'http') {
    const what = kind === 'tls' ? 'the edge passes TLS through unread' : 'the edge reads no requests';
    for (const key of HTTP_ONLY.filter((one) => raw[one] !== undefined)) {
      work.report([...path, key], `is only for kind http: with ${kind}, ${what}`, 'remove it', 'key');
    }
  }
  if (kind === 'udp' && raw.proxyProtocol === true) {
    work.report(
      [...path, 'proxyProtocol'],
      'is only for TCP, and the app is of kind udp',
      'remove it',
      'key',
    );
  }
}
