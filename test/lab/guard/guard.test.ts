import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { BARE } from '../../fixtures/bare.js';
import { node, ssh } from '../../fixtures/home-mesh-inventory.js';
import { aptInstall } from '../support/apt.js';
import { GuardedNode, RUN } from '../support/guarded-node.js';

const quiet = { log: () => undefined };
const ADDRESS: Readonly<Record<string, string>> = { old: '198.51.100.31', new: '198.51.100.32' };
const inventory: Inventory = {
  file: 'guard.yaml',
  name: 'lab-guard',
  networks: [],
  lab: {},
  ...BARE,
  sites: [],
  nodes: Object.entries(ADDRESS).map(([name, address]) =>
    node(name, {
      publicAddresses: [address],
      ssh: ssh(address),
      ...(name === 'new' ? { release: 'trixie' } : {}),
    }),
  ),
};

/** An interface under systemd, another made by hand, a firewall, a rule, a route and a setting. */
const SETTLE = `set -e
umask 077
${aptInstall('wireguard-tools wireguard-go nftables iptables')}
wg genkey >/etc/wireguard/wg0.key
cat >/etc/wireguard/wg0.conf <<CONF
[Interface]
Address = 10.9.0.1/24
ListenPort = 51820
PostUp = wg set %i private-key /etc/wireguard/wg0.key
[Peer]
PublicKey = $(wg genkey | wg pubkey)
AllowedIPs = 10.9.0.2/32, 10.77.0.0/16
PersistentKeepalive = 25
CONF
systemctl enable --quiet --now wg-quick@wg0
cat >/etc/nftables.conf <<'CONF'
flush ruleset
table inet mine {
  set bad { type ipv4_addr; elements = { 192.0.2.66 }; }
  chain input { type filter hook input priority 0; policy accept; tcp dport 9 counter drop; ip saddr @bad drop; }
}
CONF
systemctl enable --quiet --now nftables
echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/50-demo.conf
echo 1 >/proc/sys/net/ipv4/ip_forward
`;
/** What a reboot ends. */
const BY_HAND = `set -e
systemd-run --quiet --collect --wait --property=KillMode=process --property=Type=oneshot wireguard-go wg1
ip addr add 10.8.0.1/24 dev wg1
ip link set wg1 up
wg set wg1 private-key /etc/wireguard/wg0.key listen-port 1234 peer "$(wg genkey | wg pubkey)" allowed-ips 10.8.0.2/32
ip rule add pref 100 from 10.8.0.0/24 lookup 77
ip rule add pref 101 from 10.9.0.0/24 prohibit protocol kernel
ip route add 10.55.0.0/16 dev wg1 table 77
ip route add 10.66.0.0/16 via 10.8.0.2
`;

/** What a first round may make, and a second one finds. */
const MADE = `set -e
printf '[Interface]\\nAddress = 10.1.1.1/24\\nPrivateKey = %s\\n' "$(wg genkey)" >/etc/wireguard/wg7.conf
systemctl enable --quiet --now wg-quick@wg7
echo 0 >/proc/sys/net/ipv4/ip_forward
ip route add 10.45.0.0/16 dev wg7
nft 'add table inet first'
`;
/** As bad as a change can be. */
const WRECK = `ip route replace default dev wg0
ip addr flush dev host0
ip link set host0 down
systemctl disable --now wg-quick@wg0
printf '[Interface]\\nAddress = 10.1.1.1/24\\nPrivateKey = %s\\n[Peer]\\nPublicKey = %s\\nAllowedIPs = 0.0.0.0/0\\n' "$(wg genkey)" "$(wg genkey | wg pubkey)" >/etc/wireguard/wg7.conf
cp /etc/wireguard/wg7.conf /etc/wireguard/wg0.conf
chmod 644 /etc/wireguard/wg0.conf
rm /etc/wireguard/wg0.key
systemctl enable --now wg-quick@wg7
wg-quick up wg0
ip link del wg1
ip rule del pref 100
ip rule del pref 101
ip rule add pref 55 from all lookup 99
ip route add blackhole 10.250.0.0/16
echo 'flush ruleset' >/etc/nftables.conf
systemctl restart nftables
nft 'add table inet shut; add chain inet shut input { type filter hook input priority 0; policy drop; }'
iptables -P INPUT DROP
iptables -A INPUT -m conntrack --ctstate INVALID -j DROP
echo 0 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
echo new >/etc/motd
chown 1:1 /etc/motd
mkdir -p /etc/demo
echo hi >/etc/demo/x.conf
rm /etc/ssh/moduli
ln -s /nowhere /etc/ssh/moduli
printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/demo@.service
systemctl daemon-reload
systemctl enable --now demo@one
echo 'Port 2222' >/etc/ssh/sshd_config.d/x.conf
systemctl restart ssh
true`;
const TOUCHED = {
  files: ['/etc/demo/x.conf', '/etc/motd', '/etc/systemd/system/demo@.service'],
  units: ['demo@one.service'],
  sysctls: ['net.ipv4.ip_forward'],
  interfaces: ['wg7'],
  network: true,
};

let lab: Lab;

beforeAll(async () => {
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  await Promise.all(Object.keys(ADDRESS).map((name) => new GuardedNode(lab, name).sh(SETTLE)));
});
afterAll(() => labDown(inventory, quiet));

describe.each(Object.keys(ADDRESS))('the guard on %s', (name) => {
  let machine: GuardedNode;
  let pristine: string;
  const address = ADDRESS[name] ?? '';

  beforeAll(async () => {
    machine = new GuardedNode(lab, name);
    await machine.sh(BY_HAND);
    pristine = await machine.facts();
  });

  it('is refused without the lock', async () => {
    expect(await machine.arm('early', 30)).toEqual({
      kind: 'refused',
      reason: 'this run does not hold the lock of this node',
    });
    expect(await machine.lock()).toEqual({ kind: 'taken' });
  });

  it('undoes nothing if nothing was changed', async () => {
    const before = await machine.facts();
    expect((await machine.arm('calm', 60, TOUCHED)).kind).toBe('armed');
    expect(await machine.revertNow()).toEqual({
      state: 'reverted',
      run: RUN,
      phase: 'calm',
      reverted: [],
      failed: [],
    });
    expect(await machine.facts()).toBe(before);
  });

  it('reverts everything by itself when the controller is gone', async () => {
    const before = await machine.facts();
    expect(await machine.arm('wreck', 8, TOUCHED)).toMatchObject({
      kind: 'armed',
      by: 'systemd',
      seconds: 8,
    });
    const change = machine.change('wreck', `${WRECK}\nsleep 60\ntouch /etc/late`);
    expect(await machine.settled(40)).toMatchObject({ state: 'reverted', phase: 'wreck', failed: [] });
    expect((await change).code).not.toBe(0);
    expect(await machine.facts()).toBe(before);
    expect(await machine.logsIn(address)).toBe(true);
    expect(await machine.sh('ls -d /etc/late /etc/demo 2>/dev/null; true')).toBe('');
  });

  it('does not begin a change after it has fired, nor confirm it', async () => {
    const reply = await machine.change('wreck', 'touch /etc/late');
    expect(reply).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('no longer armed') as string,
    });
    expect(await machine.confirm('wreck')).toMatchObject({ state: 'reverted', phase: 'wreck' });
    expect(await machine.sh('ls /etc/late 2>/dev/null; true')).toBe('');
  });

  it('keeps what was confirmed, and leaves nothing but its folder', async () => {
    const units = await machine.sh('ls -R /etc/systemd/system');
    await machine.arm('good', 40, TOUCHED);
    await machine.change('good', 'echo kept >/etc/motd');
    expect(await machine.confirm('good', `${RUN}0`)).toMatchObject({ state: 'none' });
    expect(await machine.confirm('another')).toMatchObject({ state: 'armed' });
    expect(await machine.confirm('good')).toMatchObject({ state: 'confirmed', phase: 'good' });
    await machine.sh('sleep 41');
    expect(await machine.sh('cat /etc/motd')).toBe('kept');
    expect(await machine.sh('ls -R /etc/systemd/system')).toBe(units);
    expect(await machine.sh('systemctl list-units --no-legend --all "bridgehead-guard-*.timer"')).toBe('');
    const left = '"bridgehead-guard.service" -o -name "bridgehead-guard*-0003*"';
    expect(await machine.sh(`find /run /tmp /etc /usr /root -name ${left}`)).toBe('');
    expect(await machine.sh('stat -c "%a %U" /var/lib/bridgehead')).toBe('700 root');
    expect(await machine.sh('find /var/lib/bridgehead -path "*/live/*" -perm /077 | head -n 3')).toBe('');
  });

  it('is refused, with nothing changed, if the disk is full', async () => {
    const before = await machine.facts();
    const snapshots = await machine.sh(`ls /var/lib/bridgehead/runs/${RUN}`);
    await machine.sh('mkdir -p /mnt/kept && cp -a /var/lib/bridgehead/. /mnt/kept');
    await machine.sh(
      'mount -t tmpfs -o size=900k,mode=700 none /var/lib/bridgehead && mkdir /var/lib/bridgehead/guard /var/lib/bridgehead/runs && cp -a /mnt/kept/lock /var/lib/bridgehead',
    );
    const outcome = await machine.arm('full', 30, TOUCHED);
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(await machine.sh('ls /var/lib/bridgehead/runs /var/lib/bridgehead/guard | grep -v :; true')).toBe(
      '',
    );
    await machine.sh('umount /var/lib/bridgehead');
    expect(await machine.facts()).toBe(before);
    expect(await machine.sh(`ls /var/lib/bridgehead/runs/${RUN}`)).toBe(snapshots);
    await machine.sh('rm -r /mnt/kept');
  });

  it.each(['lock', 'guard/armed', `runs/${RUN}/9999`, 'mutex'])(
    'refuses a link planted at %s',
    async (part) => {
      await machine.sh(
        `cd /var/lib/bridgehead; [ ! -e ${part} ] || mv ${part} /root/aside; ln -s /etc ${part}`,
      );
      const outcome = await machine.lock();
      const armed = await machine.arm('planted', 30, TOUCHED);
      await machine.sh(`cd /var/lib/bridgehead; rm ${part}; [ ! -e /root/aside ] || mv /root/aside ${part}`);
      expect([outcome.kind, armed.kind]).toEqual(['refused', 'refused']);
      expect(outcome).toMatchObject({ reason: expect.stringContaining(part) as string });
    },
  );

  it('undoes a complete run byte for byte', async () => {
    expect((await machine.arm('one', 60, TOUCHED)).kind).toBe('armed');
    await machine.change('one', 'echo second >/etc/motd; ip route add 10.44.0.0/16 dev wg0');
    expect(await machine.confirm('one')).toMatchObject({ state: 'confirmed', phase: 'one' });
    expect((await machine.arm('two', 60, TOUCHED)).kind).toBe('armed');
    await machine.change('two', WRECK);
    expect(await machine.confirm('two')).toMatchObject({ state: 'confirmed', phase: 'two' });
    expect(await machine.facts()).not.toBe(pristine);
    const undone = await machine.undo();
    expect('failed' in undone ? undone.failed : []).toEqual([]);
    expect(undone).toMatchObject({
      kind: 'undone',
      phases: ['two', 'one', 'good', 'wreck', 'calm'].map((phase) => ({ phase, failed: [] })),
    });
    expect(await machine.facts()).toBe(pristine);
    expect(await machine.logsIn(address)).toBe(true);
  });

  it('reverts all rounds of a phase to what the first of them found', async () => {
    await machine.arm('rounds', 60, TOUCHED);
    await machine.change('rounds', MADE);
    expect(await machine.confirm('rounds')).toMatchObject({ state: 'confirmed' });
    expect(await machine.facts()).not.toBe(pristine);
    await machine.arm('rounds (round 2)', 60, TOUCHED);
    await machine.change('rounds (round 2)', 'systemctl restart wg-quick@wg7; nft add table inet second');
    expect(await machine.revertNow()).toMatchObject({ state: 'reverted', failed: [] });
    expect(await machine.facts()).toBe(pristine);
  });

  it('reverts everything at boot when the machine goes down while armed', async () => {
    await lab.reboot(name);
    const before = await machine.facts();
    expect(await machine.lock()).toMatchObject({ kind: 'taken' });
    await machine.arm('boot', 600, TOUCHED);
    await machine.change('boot', WRECK.replace(/^ip link del wg1$/m, ''));
    await lab.reboot(name);
    expect(await machine.settled(20)).toMatchObject({ state: 'reverted', phase: 'boot', failed: [] });
    expect(await machine.facts()).toBe(before);
    expect(await machine.logsIn(address)).toBe(true);
    expect(await machine.sh('ls /etc/systemd/system/bridgehead-guard* 2>/dev/null; true')).toBe('');
  });
});
