import type { Lab } from '../../../src/lab/index.js';
import { exec } from './bridgehead.js';

/** Where pebble runs on a node, and what it is told of names. */
export interface Authority {
  readonly node: string;
  readonly address: string;
  /** Of all names that nothing else was said of. */
  readonly addresses: readonly [four: string, six: string];
}

export const directoryOf = ({ address }: Authority): string => `https://${address}:14000/dir`;

const OTHER_NAME = 'other-authority.test';

/** The same authority as another one, for a node that is given {@link otherHosts}. */
export const OTHER_DIRECTORY = `https://${OTHER_NAME}:14000/dir`;
export const otherHosts = ({ address }: Authority): string => `${address} ${OTHER_NAME}`;

/** Starts an ACME authority with a certificate of its own, and DNS for it alone; returns the certificate of its server's CA. */
export async function startAuthority(lab: Lab, { node, address, addresses }: Authority): Promise<string> {
  const [four, six] = addresses;
  const install = 'apt-get install -y -q --no-install-recommends pebble curl openssl >/dev/null';
  await exec(
    lab,
    node,
    `${install} || { apt-get update -q >/dev/null && ${install}; }
mkdir -p /srv/authority && cd /srv/authority
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
openssl req -x509 $key -keyout ca.key -out ca.pem -days 30 -subj '/CN=Authority of the test' 2>/dev/null
openssl req $key -keyout server.key -out server.csr -subj /CN=authority 2>/dev/null
echo 'subjectAltName=IP:${address},DNS:${OTHER_NAME}' >names
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 30 -out server.pem -extfile names 2>/dev/null
cat >config.json <<END
{"pebble":{"listenAddress":"0.0.0.0:14000","managementListenAddress":"127.0.0.1:15000","certificate":"/srv/authority/server.pem","privateKey":"/srv/authority/server.key","httpPort":80,"tlsPort":443,"ocspResponderURL":"","externalAccountBindingRequired":false,"certificateValidityPeriod":7776000}}
END
systemd-run -q --unit names pebble-challtestsrv -defaultIPv4 ${four} -defaultIPv6 ${six} -http01 '' -https01 '' -tlsalpn01 ''
systemd-run -q --unit authority -E PEBBLE_VA_NOSLEEP=1 -E PEBBLE_WFE_NONCEREJECT=0 pebble -config /srv/authority/config.json -dnsserver 127.0.0.1:8053
for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf --cacert ca.pem https://127.0.0.1:15000/roots/0 -k -o /srv/root.pem && break; sleep 0.5; done
[ -s /srv/root.pem ]`,
  );
  return exec(lab, node, 'cat /srv/authority/ca.pem');
}

/** Has a name lead somewhere else, in both families. */
export async function misdirect(
  lab: Lab,
  { node }: Authority,
  host: string,
  to: Authority['addresses'],
): Promise<void> {
  const set = (path: string, address: string): string =>
    `curl -sf -d '{"host":"${host}.","addresses":["${address}"]}' http://127.0.0.1:8055/${path}`;
  await exec(lab, node, `${set('add-a', to[0])} && ${set('add-aaaa', to[1])}`);
}

export async function redirect(lab: Lab, { node }: Authority, host: string): Promise<void> {
  const clear = (path: string): string => `curl -sf -d '{"host":"${host}."}' http://127.0.0.1:8055/${path}`;
  await exec(lab, node, `${clear('clear-a')} && ${clear('clear-aaaa')}`);
}

/** Starts a server of TLS on a node, with a certificate of its own, which is returned. It answers /page. */
export async function startOwnTls(lab: Lab, node: string, host: string, port: number): Promise<string> {
  const install = 'apt-get install -y -q --no-install-recommends openssl >/dev/null';
  return exec(
    lab,
    node,
    `{ ${install} || { apt-get update -q >/dev/null && ${install}; }; } >&2
mkdir -p /srv/own && cd /srv/own && echo 'from home' >page
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out own.pem -days 30 -subj /CN=${host} -addext subjectAltName=DNS:${host} 2>/dev/null
systemd-run -q --unit own-tls -p WorkingDirectory=/srv/own openssl s_server -accept 127.0.0.1:${port} -cert own.pem -key key.pem -WWW
cat own.pem`,
  );
}
