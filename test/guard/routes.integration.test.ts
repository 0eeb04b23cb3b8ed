import base from '../../src/guard/revert/base.sh';
import routes from '../../src/guard/revert/routes.sh';
import { canMount } from '../support/can-mount.js';
import { describeShells, runScript } from '../support/shells.js';

/** A link with an address that was checked long ago, and the default route that leaves from it. */
const BEFORE = `
ip link set lo up
ip link add veth0 type veth peer name veth1
ip link set veth1 up
ip link set veth0 up
ip addr add 2001:db8:63::1/64 dev veth0 nodad
ip -6 route add default via fe80::1 dev veth0 src 2001:db8:63::1 onlink
dir=$(mktemp -d)
live=$dir/live work=$dir/work
mkdir "$live" "$work"
save_routes
`;
/** Someone else's address came, and the old one has just been added again, as systemd-networkd would. */
const CUT = `
ip -6 addr flush dev veth0 scope global
ip addr add 2001:db8:63::1/64 dev veth0
`;

describeShells('routes are reverted', (shell) => {
  (canMount ? it : it.skip)('from an address that the kernel is still checking', () => {
    const script = `${base}${routes}${BEFORE}${CUT}
revert_lines route 6
cat "$dir/reverted" "$dir/failed" 2>/dev/null
ip -6 route show default
rm -rf "$dir"`;
    const { stdout, stderr } = runScript(shell, script, { under: ['unshare', '-n'] });
    expect(stderr).toBe('');
    expect(stdout).toContain('route added again: default via fe80::1 dev veth0');
    expect(stdout).not.toContain('missing');
    expect(stdout).toMatch(/^default via fe80::1 dev veth0 .*src 2001:db8:63::1/m);
  });

  (canMount ? it : it.skip)('with the scope that they had, shown or not', () => {
    const routes4 = [
      '198.51.100.7 dev veth0 table 52 scope global',
      '198.51.100.8 dev veth0 scope link',
      'default dev veth0 table 52 scope global',
      'blackhole 203.0.113.0/24',
      '192.0.2.0/24 via 198.51.100.8 dev veth0',
    ];
    const script = `${base}${routes}
ip link set lo up
ip link add veth0 type veth peer name veth1
ip link set veth1 up
ip link set veth0 up
${routes4.map((route) => `ip route add ${route}\n`).join('')}dir=$(mktemp -d)
live=$dir/live work=$dir/work
mkdir "$live" "$work"
save_routes
ip route flush table 52; ip route flush table main
ip route add 198.51.100.7 dev veth0 table 52
revert_lines route 4
cat "$dir/failed" 2>/dev/null
read_routes 4 | cmp - "$live/route4"
rm -rf "$dir"`;
    const { stdout, stderr } = runScript(shell, script, { under: ['unshare', '-n'] });
    expect([stderr, stdout]).toEqual(['', '']);
  });
});
