import type { Lab } from '../../../src/lab/index.js';
import { aptInstall } from './apt.js';
import { exec } from './bridgehead.js';

/** Starts a server of TLS on a node, with a certificate of its own, which is returned. It answers /page. */
export async function startOwnTls(lab: Lab, node: string, host: string, port: number): Promise<string> {
  return exec(
    lab,
    node,
    `${aptInstall('openssl')}
mkdir -p /srv/own && cd /srv/own && echo 'from home' >page
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out own.pem -days 30 -subj /CN=${host} -addext subjectAltName=DNS:${host} 2>/dev/null
systemd-run -q --unit own-tls -p WorkingDirectory=/srv/own openssl s_server -accept 127.0.0.1:${port} -cert own.pem -key key.pem -WWW
cat own.pem`,
  );
}
