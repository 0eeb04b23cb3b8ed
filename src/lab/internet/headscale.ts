import type { LoginPlan } from './types.js';

/** Text of headscale's configuration: its own relay and STUN, and nothing that is outside of the lab. */
export function headscaleConfig({ url, addresses }: LoginPlan, folder: string): string {
  const [four = '', six] = addresses;
  const config = {
    server_url: url,
    listen_addr: '[::]:443',
    metrics_listen_addr: '127.0.0.1:9090',
    grpc_listen_addr: '127.0.0.1:50443',
    noise: { private_key_path: `${folder}/noise.key` },
    prefixes: { v4: '100.64.0.0/10', v6: 'fd7a:115c:a1e0::/48', allocation: 'sequential' },
    derp: {
      server: {
        enabled: true,
        region_id: 999,
        region_code: 'lab',
        region_name: 'lab',
        stun_listen_addr: '[::]:3478',
        private_key_path: `${folder}/derp.key`,
        automatically_add_embedded_derp_region: true,
        ipv4: four,
        ...(six !== undefined && { ipv6: six }),
      },
      urls: [],
      paths: [],
      auto_update_enabled: false,
    },
    database: { type: 'sqlite', sqlite: { path: `${folder}/db.sqlite` } },
    tls_cert_path: `${folder}/server.pem`,
    tls_key_path: `${folder}/server.key`,
    dns: { magic_dns: false, override_local_dns: false, base_domain: 'tailnet.lab.example' },
    policy: { mode: 'file', path: `${folder}/policy.json` },
    unix_socket: `${folder}/headscale.sock`,
    disable_check_updates: true,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** A policy under which a network's nodes reach each other, may have their tags, and need nobody's approval for routes. */
export function headscalePolicy({ networks }: Pick<LoginPlan, 'networks'>): string {
  const owners = networks.map(({ name, tags }) => ({ user: `${name}@`, tags }));
  const all = owners.flatMap(({ user, tags }) => [user, ...tags]);
  const policy = {
    tagOwners: Object.fromEntries(owners.flatMap(({ user, tags }) => tags.map((tag) => [tag, [user]]))),
    acls: owners.map(({ user, tags }) => ({
      action: 'accept',
      src: [user, ...tags],
      dst: [user, ...tags].map((who) => `${who}:*`),
    })),
    autoApprovers: { routes: { '0.0.0.0/0': all, '::/0': all }, exitNode: all },
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}

/** Text for `nft -f -`: the server answers at the ports of all URLs. */
export const loginRules = ({ ports }: Pick<LoginPlan, 'ports'>): string =>
  `table inet bridgehead_lab_login {
chain prerouting { type nat hook prerouting priority dstnat;
tcp dport { ${ports.join(', ')} } redirect to :443
}
}
`;
