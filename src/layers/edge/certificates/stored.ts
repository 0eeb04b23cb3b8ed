import { X509Certificate } from 'node:crypto';
import type { Question } from '../../../remote/question.js';
import type { Acme } from '../inventory/types.js';
import type { ReverseProxy } from '../proxy/proxy.js';

/** A certificate that an edge has. */
export interface Stored {
  /** DNS names in it. */
  readonly names: readonly string[];
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface KeyFile {
  /** `600 bridgehead-proxy`; `link bridgehead-proxy` of what isn't a file of its own. */
  readonly mode: string;
  readonly path: string;
}

/** Undefined for what can't be read: whoever damaged the storage, there isn't one then. */
export function parseCertificate(line: string): Stored | undefined {
  try {
    const leaf = new X509Certificate(Buffer.from(line, 'base64'));
    const names = (leaf.subjectAltName ?? '')
      .split(', ')
      .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
    const issuer = leaf.issuer
      .split('\n')
      .map((part) => part.replace(/^[A-Z]+=/, ''))
      .toReversed();
    return {
      names,
      issuer: issuer.join(', '),
      from: Date.parse(leaf.validFrom),
      to: Date.parse(leaf.validTo),
    };
  } catch {
    return undefined;
  }
}

/** The certificates that a proxy has from its authority, without their keys. */
export const storedCertificates = (
  proxy: ReverseProxy,
  acme: Acme | undefined,
): Question<readonly Stored[]> => ({
  script: acme === undefined ? ':' : proxy.printCertificates(acme),
  parse: ({ stdout }) =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => parseCertificate(line) ?? []),
});

export const keyFiles = (proxy: ReverseProxy): Question<readonly KeyFile[]> => ({
  script: proxy.printKeyFiles,
  parse: ({ stdout }) =>
    stdout.split('\n').flatMap((line): KeyFile[] => {
      const [, mode, path] = /^((?:\d+|link) \S+) (\/.+)$/.exec(line) ?? [];
      return mode === undefined || path === undefined ? [] : [{ mode, path }];
    }),
});

/** Whether it is a link, or has another name elsewhere: only somebody with the proxy's rights can have put it there. */
export const isPlanted = ({ mode }: KeyFile): boolean => mode.startsWith('link ');

/** Whether a certificate's name stands for a host; a wildcard is for one label. */
export function standsFor(name: string, host: string): boolean {
  if (name === host) return true;
  return name.startsWith('*.') && !host.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1);
}

/** Of the certificates for a host, the one that is valid longest. */
export function certificateFor(host: string, stored: readonly Stored[]): Stored | undefined {
  return stored
    .filter(({ names }) => names.some((name) => standsFor(name, host)))
    .toSorted((a, b) => b.to - a.to)[0];
}
