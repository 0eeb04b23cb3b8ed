import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../../src/lab/index.js';
import { exec } from '../support/bridgehead.js';

const CONFIG = (address: string): string => `server_url: https://${address}
listen_addr: 0.0.0.0:443
metrics_listen_addr: 127.0.0.1:9090
grpc_listen_addr: 127.0.0.1:50443
noise: { private_key_path: /var/lib/headscale/noise.key }
prefixes: { v4: 100.64.0.0/10, v6: "fd7a:115c:a1e0::/48", allocation: sequential }
derp:
  server:
    enabled: true
    region_id: 999
    region_code: lab
    region_name: lab
    stun_listen_addr: 0.0.0.0:3478
    private_key_path: /var/lib/headscale/derp.key
    automatically_add_embedded_derp_region: true
    ipv4: ${address}
  urls: []
  paths: []
  auto_update_enabled: false
database: { type: sqlite, sqlite: { path: /var/lib/headscale/db.sqlite } }
tls_cert_path: /etc/headscale/server.pem
tls_key_path: /etc/headscale/server.key
dns: { magic_dns: false, override_local_dns: false, base_domain: tail.lab }
policy: { mode: file, path: /etc/headscale/policy.json }
unix_socket: /run/headscale.sock
disable_check_updates: true
`;

const POLICY = {
  tagOwners: { 'tag:server': ['lab@'] },
  acls: [{ action: 'accept', src: ['*'], dst: ['*:*'] }],
  autoApprovers: { routes: { 'fd42:90::/64': ['lab@'] } },
};

const UNIT = `[Unit]
Description=headscale
[Service]
ExecStart=/usr/local/bin/headscale serve
StateDirectory=headscale
`;

/** Copies a file of this machine to a node, over SSH from the laptop. */
export async function copyTo(lab: Lab, node: string, from: string, to: string): Promise<void> {
  const address = lab.plan.dials.find((dial) => dial.node === node);
  if (address === undefined) throw new TypeError(`no way to ${node}`);
  const ssh = `ssh -o StrictHostKeyChecking=accept-new -p ${address.port} root@${address.address}`;
  const command = `${ssh} 'umask 022; cat >${to}.new && chmod 755 ${to}.new && mv ${to}.new ${to}' <${from}`;
  const { code, stderr } = await lab.run(['sh', '-c', command], { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`copying ${from} to ${node}: ${stderr}`);
}

/** A headscale on a node of the lab, with a certificate of its own. */
export class Headscale {
  /** The certificate that its clients have to trust. */
  readonly ca: string;

  constructor(
    private readonly lab: Lab,
    private readonly node: string,
    private readonly address: string,
    folder: string,
  ) {
    this.ca = join(folder, 'headscale.pem');
    const subject = ['-subj', '/CN=headscale', '-addext', `subjectAltName=IP:${address}`];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', this.#key];
    execFileSync('openssl', ['req', '-x509', '-days', '30', ...key, '-out', this.ca, ...subject], {
      stdio: 'pipe',
    });
  }

  get #key(): string {
    return this.ca.replace(/pem$/, 'key');
  }

  async install(program: string): Promise<void> {
    await copyTo(this.lab, this.node, program, '/usr/local/bin/headscale');
    const files = {
      '/etc/headscale/config.yaml': CONFIG(this.address),
      '/etc/headscale/policy.json': `${JSON.stringify(POLICY)}\n`,
      '/etc/headscale/server.pem': readFileSync(this.ca, 'utf8'),
      '/etc/headscale/server.key': readFileSync(this.#key, 'utf8'),
      '/etc/systemd/system/headscale.service': UNIT,
    };
    await this.#on('mkdir -p /etc/headscale');
    for (const [path, content] of Object.entries(files)) {
      await this.#on(`cat >${path} <<'EOF'\n${content}EOF`);
    }
    await this.#on('systemctl daemon-reload');
  }

  async start(): Promise<void> {
    await this.#on(
      'systemctl start headscale; for i in $(seq 60); do headscale users list >/dev/null 2>&1 && exit 0; sleep 0.5; done; journalctl -u headscale -n 20 >&2; exit 1',
    );
  }

  stop(): Promise<string> {
    return this.#on('systemctl stop headscale');
  }

  /** Replaces who may reach whom, at once for all members. */
  async policy(acls: readonly object[]): Promise<void> {
    const text = JSON.stringify({ ...POLICY, acls });
    await this.#on(`cat >/etc/headscale/policy.json <<'EOF'\n${text}\nEOF\nsystemctl kill -s HUP headscale`);
  }

  addUser(name: string): Promise<string> {
    return this.#on(`headscale users create ${name}`);
  }

  /** A key with which nodes of the first user join. */
  key(...flags: readonly string[]): Promise<string> {
    return this.#on(`headscale preauthkeys create --user 1 ${flags.join(' ')} 2>/dev/null | tail -n 1`);
  }

  /** Approves all that a node advertises. */
  async approve(host: string, routes: string): Promise<void> {
    const nodes = JSON.parse(await this.#on('headscale nodes list -o json')) as readonly {
      readonly id: number;
      readonly given_name?: string;
      readonly name?: string;
    }[];
    const id = nodes.find(({ name, given_name: given }) => [name, given].includes(host))?.id;
    await this.#on(`headscale nodes approve-routes --identifier ${id} --routes ${routes}`);
  }

  /** Whether a node has logged out. */
  async isExpired(host: string): Promise<boolean> {
    const table = await this.#on("headscale nodes list | sed 's/\\x1b\\[[0-9;]*m//g'");
    const row = table.split('\n').find((line) => line.split('|')[2]?.trim() === host);
    return row?.split('|').at(-1)?.trim() === 'yes';
  }

  #on(script: string): Promise<string> {
    return exec(this.lab, this.node, script);
  }
}
