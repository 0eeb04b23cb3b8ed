import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a hub network in both families, with a gateway, a machine on its LAN and a full tunnel, into a folder. */
export function writeDualHome(folder: string, name: string): string {
  const file = join(folder, 'dual-home.yaml');
  writeFileSync(
    file,
    `name: ${name}
defaults: { ssh: { user: root } }
sites:
  home:
    subnet: [192.168.61.0/24, "fda8:a1db:5661::/64"]
    router: 192.168.61.1
    public: 203.0.113.61
nodes:
  vps: { public: [198.51.100.61, "2001:db8:61::1"] }
  gw: { site: home, lan: [192.168.61.10, "fda8:a1db:5661::10"], ssh: { host: 192.168.61.10 } }
  lan-1: { site: home, lan: [192.168.61.100, "fda8:a1db:5661::100"], ssh: { host: 192.168.61.100 } }
networks:
  home:
    shape: hub
    hub: vps
    range: [10.9.0.0/24, "fd42:9::/64"]
    presharedKeys: true
    addresses:
      vps: [10.9.0.1, "fd42:9::1"]
      gw: [10.9.0.2, "fd42:9::2"]
    advertise:
      gw: { subnets: [192.168.61.0/24, "fda8:a1db:5661::/64"] } # gw
lab: { laptop: home }
`,
  );
  return file;
}

/** What Docker does to a machine's firewall, at every boot. */
export const DOCKER = `cat >/etc/systemd/system/docker.service <<'END'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c "for tool in iptables ip6tables; do $$tool -P FORWARD DROP; $$tool -N DOCKER-USER || true; $$tool -A DOCKER-USER -j RETURN; $$tool -I FORWARD -j DOCKER-USER; done"
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
systemctl enable -q --now docker`;
