import { parseFirewalld, READ_FIREWALLD } from '../../../src/facts/firewall/firewalld.js';
import { fromLines } from '../../../src/remote/reply-lines.js';
import { describeShells, runScript, type Shell } from '../../support/shells.js';

/** As firewalld 1.3 prints it on Debian 12. */
const LISTED = `public (default, active)
  target: default
  icmp-block-inversion: no
  interfaces: eth0 eth1
  sources: 
  services: dhcpv6-client ssh
  ports: 443/tcp 60000-61000/udp
  protocols: 
  forward: yes
  masquerade: no
  forward-ports: 
	port=80:proto=tcp:toport=8080:toaddr=
  source-ports: 
  icmp-blocks: 
  rich rules: 
	rule priority="20117" port port="22" protocol="tcp" accept
	rule family="ipv4" source address="192.0.2.7" reject

trusted
  target: ACCEPT
  interfaces: 
  sources: 10.0.0.0/8
  services: 
  ports: 
  rich rules: `;

/** A firewall-cmd in front of the others. Shells differ in whether a function may have its name. */
const INSTALLED = `work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$work:$PATH
cat >"$work/listed" <<'END'
${LISTED}
END
cat >"$work/firewall-cmd" <<'END'
#!/bin/sh
case $* in
  --get-default-zone) echo public ;;
  --list-all-zones) cat "\${0%/*}/listed" ;;
esac
END
chmod +x "$work/firewall-cmd"
systemctl() { [ "$*" = '-q is-enabled firewalld' ]; }
nft() { [ "$*" = 'list table inet firewalld' ]; }
`;
const ENABLED = INSTALLED.replace('echo public', 'exit 252').replace('nft() {', 'nft() { false &&');
/** Stopped for good, with zones that somebody has changed. */
const STOPPED = `${ENABLED}
systemctl() { false; }
ls() { [ "$*" != /etc/firewalld/zones ] || echo public.xml; }
cat >"$work/firewall-offline-cmd" <<'END'
#!/bin/sh
[ "$*" != --list-all-zones ] || cat "\${0%/*}/listed"
END
chmod +x "$work/firewall-offline-cmd"
`;
const parse = fromLines(parseFirewalld);

const seen = (shell: Shell, before: string) => {
  const reply = runScript(shell, `${READ_FIREWALLD}\necho end`, { before });
  expect(reply.stderr).toBe('');
  return parse(reply);
};

describeShells('what firewalld has of its zones', (shell) => {
  it('is each zone with its rich rules', () => {
    const state = seen(shell, INSTALLED);
    expect(state).toEqual({
      running: true,
      enabled: true,
      iptables: false,
      loaded: true,
      defaultZone: 'public',
      permanent: [],
      live: [
        {
          name: 'public',
          target: 'default',
          interfaces: ['eth0', 'eth1'],
          sources: [],
          services: ['dhcpv6-client', 'ssh'],
          ports: ['443/tcp', '60000-61000/udp'],
          rules: [
            'rule priority="20117" port port="22" protocol="tcp" accept',
            'rule family="ipv4" source address="192.0.2.7" reject',
          ],
        },
        {
          name: 'trusted',
          target: 'ACCEPT',
          interfaces: [],
          sources: ['10.0.0.0/8'],
          services: [],
          ports: [],
          rules: [],
        },
      ],
    });
  });

  it('is what it would have once started, of one that is stopped', () => {
    const stopped = seen(shell, STOPPED);
    expect(stopped).toMatchObject({ running: false, enabled: false, loaded: false, live: [] });
    expect(stopped?.permanent).toEqual(seen(shell, INSTALLED)?.live);
  });

  it('is known of one that is only enabled, and of none', () => {
    expect(seen(shell, ENABLED)).toMatchObject({ running: false, enabled: true, live: [] });
    expect(parse({ id: 'one', code: 0, stdout: 'nft table inet x {\nend\n', stderr: '' })).toBeUndefined();
  });
});
