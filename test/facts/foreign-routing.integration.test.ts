import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  foreignRoutingDetail,
  foreignRoutingProbe,
  parseForeignRouting,
} from '../../src/facts/foreign-routing.js';
import { describeShells, runScript } from '../support/shells.js';

const IP = `#!/bin/sh
case $* in
'-details -4 rule show') printf '0:\\tfrom all lookup local proto kernel\\n100:\\tfrom 10.8.0.0/24 lookup 77 proto boot\\n101:\\tnot from all fwmark 0xca6c lookup 51820\\n' ;;
'-details -6 rule show') printf '0:\\tfrom all lookup local proto kernel\\n' ;;
'-4 route show table all') echo 'default via 192.0.2.1 dev eth0 proto static
10.99.0.0/16 via 192.0.2.7 dev eth0 
10.98.0.0/16 dev wg0 scope link
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.5
local 192.0.2.5 dev eth0 table local proto kernel scope host src 192.0.2.5' ;;
esac
`;
const NETWORKCTL = `#!/bin/sh
echo '  1 lo   loopback  carrier  unmanaged
  2 eth0 ether     routable configured
  3 wg0  wireguard routable unmanaged'
`;

describeShells('rules and routes that systemd-networkd may remove', (shell) => {
  let folder: string;
  const seen = (unit: string): readonly string[] => {
    // busybox has an ip of its own, which it prefers.
    const before = `ip() { '${folder}/ip' "$@"; }`;
    const script = foreignRoutingProbe(unit).replaceAll('/etc/systemd/networkd', `${folder}/networkd`);
    return parseForeignRouting(runScript(shell, script, { path: [folder], before }).stdout);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-routing-'));
    for (const [name, text] of Object.entries({ ip: IP, networkctl: NETWORKCTL })) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are those that it did not make, on its own interfaces', () => {
    expect(seen('systemd-networkd.service')).toEqual([
      'rule 100 from 10.8.0.0/24 lookup 77',
      'rule 101 not from all fwmark 0xca6c lookup 51820',
      'route 10.99.0.0/16 via 192.0.2.7 dev eth0',
    ]);
  });

  it('are kept by its own settings', () => {
    writeFileSync(
      join(folder, 'networkd.conf'),
      '[Network]\nManageForeignRoutingPolicyRules=no\n#ManageForeignRoutes=no\nManageForeignRoutes = yes\n',
    );
    expect(seen('systemd-networkd')).toEqual(['route 10.99.0.0/16 via 192.0.2.7 dev eth0']);
  });

  it('are asked for where networkd is meant', () => {
    expect(foreignRoutingProbe('ssh.service')).toBe('');
  });
});

describe('a plan that starts systemd-networkd', () => {
  it('says nothing if nothing would be removed', () => {
    expect(foreignRoutingDetail([])).toBeUndefined();
  });
  it('names what may be removed, and the setting that keeps it', () => {
    expect(foreignRoutingDetail(['rule 1 a', 'rule 2 b', 'rule 3 c', 'rule 4 d'])).toBe(
      'may remove what others made: rule 1 a; rule 2 b; rule 3 c and 1 more (ManageForeignRoutingPolicyRules=no in /etc/systemd/networkd.conf keeps them)',
    );
    expect(foreignRoutingDetail(['route x'])).toMatch(/\(ManageForeignRoutes=no in/);
  });
});
