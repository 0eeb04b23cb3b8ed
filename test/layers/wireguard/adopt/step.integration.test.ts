import { RunSecrets } from '../../../../src/layers/pair-secrets.js';
import type { StepContext } from '../../../../src/layers/step.js';
import { CANDIDATES, interfaceFor } from '../../../../src/layers/wireguard/adopt/candidates.js';
import { adoptionFacts } from '../../../../src/layers/wireguard/adopt/question.js';
import { type AdoptParams, adoptStep } from '../../../../src/layers/wireguard/adopt/step.js';
import { parseConfig } from '../../../../src/layers/wireguard/overlay/parse-config.js';
import type { Network, Node } from '../../../../src/model/inventory.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript, type Shell } from '../../../support/shells.js';
import { resolveText } from '../clients/support.js';
import { fakes } from '../gates/fakes.js';
import { keyOf, TEXT } from './fixture.js';

const inventory = resolveText(
  TEXT.replace('    hub: vps', '    presharedKeys: true\n    hub: vps').replace(
    '{ address: 10.8.0.7 }',
    `{ address: 10.8.0.7, publicKey: "${keyOf('tablet')}" }`,
  ),
);
const network = inventory.networks[0] as Network;
const context: StepContext<AdoptParams> = {
  params: { interfaces: { home: 'wg0' } },
  node: inventory.nodes.find(({ name }) => name === 'vps') as Node,
  inventory,
  networks: [network],
  folder: '/',
  values: new Map(),
  secrets: new RunSecrets(),
};

// Not a key to a real wg: here the private key is its own public one.
const TOOLS = {
  systemctl: 'printf "ActiveState=active\\nUnitFileState=enabled\\n"',
  wg: 'case $1 in pubkey) read -r key; echo "$key" ;; *) exit 1 ;; esac',
  nmcli: 'echo 7',
  docker: 'echo "tunnel ghcr.io/wg-easy/wg-easy:15"',
  iptables: `case "$*" in
*'-t nat'*) printf '%s\\n' '-P POSTROUTING ACCEPT' '-A POSTROUTING -s 10.8.0.0/24 -o eth0 -j MASQUERADE' ;;
*) printf '%s\\n' '-P INPUT ACCEPT' '-A INPUT -p udp -j ACCEPT' '-A INPUT -j REJECT' ;;
esac`,
  ip6tables: "echo '-P INPUT ACCEPT'",
};
const write = (path: string, text: string): string => `cat >${path} <<'EOT'\n${text}\nEOT\n`;
const CONF = `[Interface]
PrivateKey = ${keyOf('vps')}
Address = 10.8.0.1/24
Address = fd00:8::1/64
saveconfig = true
ListenPort = 51820

[Peer]
PublicKey = ${keyOf('tablet')}
PresharedKey=${keyOf('psk-tablet')}
AllowedIPs = 10.8.0.7/32

[Peer]
PresharedKey = ${keyOf('psk-spoke')}
AllowedIPs = 10.8.0.3/32, fd00:8::3/128
PublicKey = ${keyOf('spoke')}`;
const NETDEV = `[NetDev]
Name = wg7
Kind=wireguard
[WireGuard]
PrivateKey=${keyOf('networkd')}
[WireGuardPeer]
PublicKey=${keyOf('spoke')}
 PresharedKey = ${keyOf('psk-networkd')}
AllowedIPs=10.8.0.3/32`;
const KEYFILE = `[connection]
uuid=7
type = wireguard
interface-name=wg8
[wireguard]
private-key=${keyOf('manager')}
[wireguard-peer.${keyOf('spoke')}]
preshared-key=${keyOf('psk-manager')}
allowed-ips=10.8.0.3/32;`;
const FILES = `mkdir -p /etc/wireguard /etc/systemd/network /etc/NetworkManager/system-connections /etc/pivpn/wireguard /etc/sysctl.d
: >/etc/pivpn/wireguard/setupVars.conf
${write('/etc/wireguard/wg0.conf', CONF)}${write('/etc/systemd/network/wg7.netdev', NETDEV)}
${write('/etc/systemd/network/00-all.network', '[Match]\nName = eth* en*\n[Network]\nDHCP=yes')}
${write('/etc/NetworkManager/system-connections/home', KEYFILE)}
${write('/etc/sysctl.d/wg.conf', 'net.ipv4.ip_forward = 1\nvm.swappiness = 1')}
`;

const machine = (more = '') => ({
  path: [fakes(TOOLS)],
  under: ['unshare', '-m', '-n'],
  before: `mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /mnt; mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
mount -t tmpfs tmpfs /etc/wireguard 2>/dev/null || mkdir -p /etc/wireguard
${FILES}${more}`,
});

describeShells('taking a tunnel over', (shell: Shell) => {
  const maybe = canMount ? it : it.skip;

  maybe('finds the interface by its name, or by the address of the machine', () => {
    const found = CANDIDATES.parse(runScript(shell, CANDIDATES.script, machine()));
    expect(found).toEqual([{ interface: 'wg0', addresses: ['10.8.0.1', 'fd00:8::1'], recorded: false }]);
    expect(interfaceFor(network, 'vps', found)).toBe('wg0');
    expect(interfaceFor({ ...network, interface: 'wghome' }, 'vps', found)).toBe('wg0');
    expect(interfaceFor({ ...network, interface: 'wghome' }, 'spoke', found)).toBeUndefined();
    const noted = machine('mkdir -p /etc/wireguard/.bridgehead; : >/etc/wireguard/.bridgehead/wg0\n');
    const taken = CANDIDATES.parse(runScript(shell, CANDIDATES.script, noted));
    expect(interfaceFor({ ...network, interface: 'wghome' }, 'vps', taken)).toBeUndefined();
  });

  maybe('reads what is around an interface, and no key', () => {
    const question = adoptionFacts(['wg0', 'wg7', 'wg8']);
    const reply = runScript(
      shell,
      question.script,
      machine('export SSH_CONNECTION="10.8.0.9 1 10.8.0.1 22"\n'),
    );
    const others = ['networkd', 'psk-networkd', 'manager', 'psk-manager'];
    for (const secret of ['vps', 'psk-tablet', 'psk-spoke', ...others]) {
      expect(reply.stdout.replace(`@inline ${keyOf('vps')}`, '')).not.toContain(keyOf(secret));
    }
    const seen = question.parse(reply);
    expect(seen.get('wg0')).toMatchObject({
      hasTools: true,
      setup: 'PiVPN',
      makers: [{ kind: 'container', where: 'tunnel' }],
      closed: ['iptables'],
      sources: ['-A POSTROUTING -s 10.8.0.0/24 -o eth0 -j MASQUERADE'],
      interface: { config: { publicKey: keyOf('vps') } },
    });
    expect(seen.get('wg0')?.settings).toContainEqual({
      file: '/etc/sysctl.d/wg.conf',
      line: 'net.ipv4.ip_forward = 1',
    });
    expect(seen.get('wg7')?.makers[0]).toEqual({
      kind: 'networkd',
      where: '/etc/systemd/network/wg7.netdev',
    });
    expect(seen.get('wg8')?.makers[0]).toEqual({
      kind: 'NetworkManager',
      where: '/etc/NetworkManager/system-connections/home',
    });
    expect(seen.get('wg7')?.takeover).toMatchObject({ kind: 'networkd', drives: false, untaken: [] });
    expect(seen.get('wg8')?.takeover).toMatchObject({ kind: 'NetworkManager', drives: true, untaken: [] });
    for (const name of ['wg7', 'wg8']) {
      expect(parseConfig(seen.get(name)?.takeover?.text ?? '').peers).toEqual([
        { publicKey: keyOf('spoke'), allowedIps: ['10.8.0.3/32'] },
      ]);
      expect(seen.get(name)?.takeover?.text).toContain('PresharedKey = (hidden)');
    }
  });

  maybe('reads files that end without a newline', () => {
    const cut = (path: string, text: string): string => `printf %s '${text}' >${path}\n`;
    const netdev = NETDEV.replace('Name = wg7\n', '').replace('[NetDev]\n', '[NetDev]\nName=wg7\n');
    const end = '[NetDev]\nKind=wireguard\nName=wg9';
    const more =
      cut('/etc/systemd/network/wg7.netdev', netdev) +
      cut('/etc/systemd/network/wg9.netdev', end) +
      cut('/etc/systemd/network/00-all.network', '[Match]\nType=wireguard') +
      'mkdir /etc/systemd/network/wg7.netdev.d; : >/etc/systemd/network/wg7.netdev.d/more.conf\n';
    const question = adoptionFacts(['wg7', 'wg9']);
    const seen = question.parse(runScript(shell, question.script, machine(more)));
    expect(seen.get('wg7')?.takeover?.untaken).toEqual([
      { file: '/etc/systemd/network/wg7.netdev.d/more.conf', line: 0, setting: '', why: 'file' },
      { file: '/etc/systemd/network/00-all.network', line: 0, setting: '', why: 'earlier' },
    ]);
    expect(seen.get('wg9')?.makers[0]?.where).toBe('/etc/systemd/network/wg9.netdev');
  });

  maybe('copies keys to where ours are, notes whose the interface is, and is then satisfied', () => {
    const { script, parse } = adoptStep.probe(context);
    const before = parse(runScript(shell, script, machine()));
    const changes = adoptStep.plan(context, before, { get: () => undefined });
    expect(changes.map(({ summary }) => summary)).toEqual([
      'remove SaveConfig from /etc/wireguard/wg0.conf: at shutdown it would overwrite the file',
      'copy the private key of wg0 into /etc/wireguard/wg0.key, unchanged',
      'copy the preshared key for spoke into /etc/wireguard/psk/wg0/spoke, unchanged',
      'copy the preshared key for tablet into /etc/wireguard/psk/wg0/tablet, unchanged',
      'record that wg0 belongs to network home of small',
    ]);
    for (const change of changes) {
      expect(change).toMatchObject({ guarded: true, disruption: { level: 'none' } });
      expect(change.script).not.toContain(keyOf('psk-tablet'));
    }
    const made = changes.map((change) => `( ${change.script} ) || exit\n`).join('');
    const show =
      'cd /etc/wireguard; cat wg0.key psk/wg0/spoke psk/wg0/tablet; grep -ci saveconfig wg0.conf; stat -c %a wg0.conf wg0.key psk/wg0/spoke\n';
    expect(runScript(shell, made + show, machine()).stdout.split('\n')).toEqual([
      keyOf('vps'),
      keyOf('psk-spoke'),
      keyOf('psk-tablet'),
      '0',
      '600',
      '600',
      '600',
      '',
    ]);
    const after = parse(runScript(shell, script, machine(made)));
    expect(adoptStep.plan(context, after, { get: () => undefined })).toEqual([]);
  });

  maybe('keeps another key that lies where ours would be', () => {
    const other = machine(write('/etc/wireguard/wg0.key', keyOf('other')));
    const { script, parse } = adoptStep.probe(context);
    const [, keep] = adoptStep.plan(context, parse(runScript(shell, script, other)), {
      get: () => undefined,
    });
    expect(keep?.summary).toContain(
      '(the other key that is there is kept as /etc/wireguard/wg0.key.before-adopt)',
    );
    const result = runScript(
      shell,
      `( ${keep?.script} ) && cd /etc/wireguard && cat wg0.key wg0.key.before-adopt`,
      other,
    );
    expect(result.stdout).toBe(`${keyOf('vps')}\n${keyOf('other')}\n`);
  });
});
