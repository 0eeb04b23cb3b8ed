import type { Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type PeerCertificate,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';

/** The certificate that a server shows. */
export interface Certificate {
  /** Common name of the subject, and of the issuer with its organization. */
  readonly subject: string;
  readonly issuer: string;
  readonly selfSigned: boolean;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Whether it is for the name that was asked for. */
  readonly covers: boolean;
  /** DNS names in it. */
  readonly names: readonly string[];
  /** Why browsers don't trust it, in OpenSSL's code, apart from its dates; absent if they do. */
  readonly distrust?: string;
}

export interface Secured {
  readonly socket: TLSSocket;
  readonly certificate: Certificate;
}

interface SecureRequest {
  readonly host: string;
  readonly ms: number;
  /** PEM of authorities that are trusted besides those of Node. */
  readonly authorities?: readonly string[];
}

/** Codes that are about the time, which is judged by the dates themselves. */
const OF_TIME = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

const contexts = new WeakMap<readonly string[], SecureContext>();

/** Trusts these besides Node's own authorities: made once for each list, since that takes much longer than a handshake. */
export function trusting(authorities: readonly string[]): SecureContext {
  const known = contexts.get(authorities);
  if (known !== undefined) return known;
  const made = createSecureContext({ ca: [...rootCertificates, ...authorities] });
  contexts.set(authorities, made);
  return made;
}

/** Begins TLS on a connection, whatever the certificate; rejects with the error of the handshake. */
export function secure(socket: Socket, { host, ms, authorities = [] }: SecureRequest): Promise<Secured> {
  return new Promise((settle, reject) => {
    const secured = connect({
      socket,
      servername: host,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(authorities.length > 0 && { secureContext: trusting(authorities) }),
    });
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      secured.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(Object.assign(new Error(`no TLS handshake in ${ms / 1000} s`), { code: 'ETIMEDOUT' })),
      ms,
    );
    const closed = (): void =>
      fail(Object.assign(new Error('closed in the handshake'), { code: 'ECONNRESET' }));
    // It stays, so that what breaks the connection later is learned by who reads from it, and ends no process.
    secured.on('error', fail);
    secured.once('close', closed);
    secured.once('secureConnect', () => {
      clearTimeout(timer);
      secured.off('close', closed);
      settle({ socket: secured, certificate: certificateOf(secured, host) });
    });
  });
}

const textOf = (value: string | readonly string[] | undefined): string =>
  value === undefined ? '' : [value].flat().join(', ');

function certificateOf(secured: TLSSocket, host: string): Certificate {
  const peer: PeerCertificate = secured.getPeerCertificate();
  const distrust = secured.authorizationError as unknown as string | Error | null | undefined;
  const code =
    distrust instanceof Error ? ((distrust as NodeJS.ErrnoException).code ?? distrust.message) : distrust;
  const issuer = [textOf(peer.issuer?.CN), textOf(peer.issuer?.O)].filter((part) => part !== '');
  const subject = textOf(peer.subject?.CN);
  return {
    subject,
    issuer: issuer.join(', '),
    selfSigned: JSON.stringify(peer.subject) === JSON.stringify(peer.issuer),
    from: Date.parse(peer.valid_from),
    to: Date.parse(peer.valid_to),
    covers: checkServerIdentity(host, peer) === undefined,
    names: (peer.subjectaltname ?? '')
      .split(', ')
      .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : [])),
    ...(code && !OF_TIME.has(code) && code !== 'ERR_TLS_CERT_ALTNAME_INVALID' ? { distrust: code } : {}),
  };
}
