import { count } from '../../../../../core/text.js';
import type { Certificate } from '../../../../../visitor/certificate.js';
import type { Broken } from '../hops.js';
import type { FrontContext } from './front.js';

const DAY = 86_400_000;
const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const days = (ms: number): string => count(Math.max(0, Math.floor(ms / DAY)), 'day');

/** The certificate as a browser judges it, and for a while ahead. */
export function judgeCertificate(
  context: FrontContext,
  certificate: Certificate,
  host: string,
): Broken | undefined {
  const { app, edge, authority, now, seen } = context;
  const { subject, issuer, from, to, covers, names, selfSigned, distrust } = certificate;
  const side = app.kind === 'tls' ? 'app' : 'edge';
  const owner = app.kind === 'tls' ? `the app ${app.name}, where TLS ends` : edge;
  const orders = `read on ${edge} why the order failed: \`journalctl -u 'bridgehead-*' | grep -i acme\`; then run \`bridgehead apply\`, which orders it again`;
  const fix = app.kind === 'tls' ? `renew the certificate of ${owner}` : orders;
  const broken = (evidence: string, mend = fix): Broken => ({
    hop: 'certificate',
    side,
    evidence,
    fix: mend,
  });
  if (app.kind !== 'tls') {
    if (authority === undefined) return undefined;
    if (subject === 'TRAEFIK DEFAULT CERT') {
      return broken(`${host} is served with TRAEFIK DEFAULT CERT: ${edge} has no certificate for it`);
    }
  }
  if (!covers) {
    const listed = names.length === 0 ? subject : names.join(', ');
    return broken(`the certificate is for ${listed}, not for ${host}`);
  }
  if (now < from) {
    const apart = seen?.clock === undefined ? 0 : seen.clock * 1000 - now;
    const clock =
      Math.abs(apart) > DAY
        ? `; the clock of ${edge} is ${days(Math.abs(apart))} ${apart > 0 ? 'ahead' : 'behind'}`
        : '';
    return broken(
      `the certificate is only valid from ${date(from)}${clock}`,
      `set the clock of ${edge} and of this machine by NTP; then order the certificate again`,
    );
  }
  if (now > to) return broken(`the certificate expired on ${date(to)}, ${days(now - to)} ago`);
  const least = Math.min(context.days * DAY, (to - from) / 4);
  if (to - now < least)
    return broken(`the certificate expires on ${date(to)}, in ${days(to - now)}, and is not renewed`);
  if (app.kind === 'tls' || authority === undefined) return undefined;
  if (selfSigned) return broken(`the certificate is signed by itself (${issuer}), not by ${authority}`);
  if (distrust !== undefined && context.isPublic) {
    return broken(
      `the certificate is of ${issuer}, which browsers don't trust (${distrust}), not of ${authority}`,
    );
  }
  return undefined;
}

/** What a visitor should know of a certificate that is as the inventory wants it. */
export function noteOn({ authority }: FrontContext, { distrust, issuer }: Certificate): string | undefined {
  if (authority === undefined) return 'the edge has no authority for certificates, so browsers warn';
  return distrust === undefined ? undefined : `browsers only trust it once they know ${issuer} (${distrust})`;
}
