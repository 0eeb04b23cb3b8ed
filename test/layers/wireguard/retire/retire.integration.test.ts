import { createHash } from 'node:crypto';
import { switchOffScript } from '../../../../src/layers/host/forwarding/off/switch-off.js';
import { WHY_FORWARDS } from '../../../../src/layers/host/forwarding/off/why-forwards.js';
import { RunSecrets } from '../../../../src/layers/pair-secrets.js';
import { MANAGED } from '../../../../src/layers/shared/managed.js';
import type { StepContext } from '../../../../src/layers/step.js';
import { presharedKeyFact, publicKeyFact } from '../../../../src/layers/wireguard/facts.js';
import { renderConfig } from '../../../../src/layers/wireguard/overlay/config.js';
import { peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import { recordOf, recordText } from '../../../../src/layers/wireguard/ownership/record.js';
import { forgetAsideFragment } from '../../../../src/layers/wireguard/retire/aside.js';
import { takeDownScript } from '../../../../src/layers/wireguard/retire/scripts.js';
import { type RetireParams, retireStep } from '../../../../src/layers/wireguard/retire/step.js';
import { presharedKeysStep } from '../../../../src/layers/wireguard/steps/preshared-keys.js';
import { wireguardKeysStep } from '../../../../src/layers/wireguard/steps/wireguard-keys.js';
import { memberOf } from '../../../../src/model/atlas.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { type Sh, standalone } from '../../../../src/remote/script.js';
import { homeMesh } from '../../../fixtures/home-mesh-inventory.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript, type Shell } from '../../../support/shells.js';
import { fakes } from '../gates/fakes.js';

const NODE = 'wk-1';
const keyOf = (who: string): string => Buffer.from(who.padEnd(32, '.')).toString('base64');
const mesh = { ...(homeMesh.networks[0] as Network), presharedKeys: true };
const HOME: Inventory = { ...homeMesh, networks: [mesh] };
const RENAMED: Inventory = { ...HOME, networks: [{ ...mesh, interface: 'wghome' }] };
const MOVED: Inventory = { ...HOME, networks: [{ ...mesh, interface: 'wghome', port: mesh.port + 1 }] };
const ELSEWHERE: Inventory = {
  ...HOME,
  networks: [
    {
      ...mesh,
      interface: 'wghome',
      members: mesh.members.map((one) => ({ ...one, addresses: one.addresses.map((own) => `${own}9`) })),
    },
  ],
};
const WITHOUT: Inventory = {
  ...HOME,
  networks: [{ ...mesh, members: mesh.members.filter(({ node }) => node !== NODE) }],
};
const NO_NETWORK: Inventory = { ...HOME, networks: [] };
/** Of the same name in another folder, with the shared node alone in common. */
const STRANGER: Inventory = {
  ...HOME,
  nodes: HOME.nodes.map((node) => ({ ...node, ssh: { ...node.ssh, host: `x-${node.name}` } })),
  networks: [],
};

const peers = peersOf(HOME, mesh, NODE).map((peer) => ({ ...peer, publicKey: keyOf(peer.node) }));
const conf = renderConfig({ network: mesh, member: memberOf(mesh, NODE), peers, publicKeyOf: keyOf });
const record = recordText(
  'wg0',
  recordOf({ inventory: HOME, network: mesh, node: NODE, publicKey: keyOf(NODE), peers, config: conf }),
);

function contextOf<P>(inventory: Inventory, params: P): StepContext<P> {
  const node = inventory.nodes.find(({ name }) => name === NODE);
  if (!node) throw new Error('no node');
  const networks = inventory.networks.filter(({ members }) => members.some((one) => one.node === NODE));
  return { params, node, inventory, networks, folder: '/', values: new Map(), secrets: new RunSecrets() };
}
const params: RetireParams = { wantedSysctls: [] };
const knows = (inventory: Inventory) => {
  const names = new Set(inventory.networks.flatMap(({ members }) => members.map(({ node }) => node)));
  return {
    get: (node: string, key: string) =>
      names.has(node) && key === publicKeyFact(inventory.networks[0]?.interface ?? '')
        ? keyOf(node)
        : undefined,
  };
};

const chainOf = (table: string): string =>
  `nft add table inet ${table}; nft add chain inet ${table} post '{ type nat hook postrouting priority 100; }'; nft add rule inet ${table} post masquerade`;

const TOOLS = {
  systemctl:
    'case "$*" in *show*wg0*) printf "ActiveState=active\\nUnitFileState=enabled\\n" ;; *) : ;; esac',
  wg: `case "$1" in pubkey) read -r key; echo "$key" ;; *) exit 1 ;; esac`,
};
const write = (path: string, text: string): string => `cat >${path} <<'EOT'\n${text}\nEOT\n`;
const FILES = `mkdir -p /etc/wireguard/.bridgehead /etc/wireguard/psk/wg0 /etc/sysctl.d
${write('/etc/wireguard/wg0.conf', conf.trimEnd())}${write('/etc/wireguard/wg0.key', keyOf(NODE))}
${write('/etc/wireguard/other.conf', '[Interface]')}
printf 'shared' >/etc/wireguard/psk/wg0/ms-1
${write('/etc/sysctl.d/99-bridgehead-mesh.conf', '# Managed by Bridgehead: x')}`;
const RECORD = write('/etc/wireguard/.bridgehead/wg0', record.trimEnd());

/** A machine of its own: nothing of ours on it but what `files` makes. */
const machine = (files: string) => ({
  path: [fakes(TOOLS)],
  under: ['unshare', '-m', '-n'],
  before: `mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /mnt; mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
mount -t tmpfs tmpfs /etc/wireguard 2>/dev/null || mkdir -p /etc/wireguard
${files}`,
});

describeShells('what is no longer wanted', (shell: Shell) => {
  const maybe = canMount ? it : it.skip;
  const planned = (inventory: Inventory, files: string): string[] => {
    const context = contextOf(inventory, params);
    const seen = retireStep
      .probe(context)
      .parse(runScript(shell, retireStep.probe(context).script, machine(files)));
    return retireStep.plan(context, seen, knows(inventory)).map(({ summary, guarded, disruption }) => {
      expect(guarded).toBe(true);
      return `${disruption.level}: ${summary}`;
    });
  };

  maybe('is nothing while the inventory wants it, or it is another inventory’s', () => {
    expect(planned(HOME, FILES + RECORD)).toEqual([]);
    expect(planned(STRANGER, FILES + RECORD)).toEqual([]);
    expect(planned({ ...NO_NETWORK, name: 'office' }, FILES + RECORD)).toEqual([]);
    expect(planned(RENAMED, ':')).toEqual([]);
  });

  const rest = (files: string, why: string) => `none: remove ${files}: ${why}`;
  const ALL =
    '/etc/wireguard/wg0.conf, /etc/wireguard/wg0.key, /etc/wireguard/psk/wg0, /etc/wireguard/.bridgehead/wg0';

  const KEPT_IN = `/etc/wireguard/.retired/wg0-${createHash('sha256').update(keyOf(NODE)).digest('hex').slice(0, 8)}`;

  maybe('is an interface whose network has another', () => {
    const why = 'network mesh is on wghome now';
    expect(planned(RENAMED, FILES + RECORD)).toEqual([
      `brief: stop wg0, now and at boot: ${why}`,
      rest(ALL, why),
    ]);
  });

  maybe(
    'is an interface of a network that the node has left, or that is gone, with what the node had for it',
    () => {
      const SYSCTL =
        'none: remove /etc/sysctl.d/99-bridgehead-mesh.conf; the values stay until the next boot';
      for (const [inventory, why] of [
        [WITHOUT, 'wk-1 is no longer a member of network mesh'],
        [NO_NETWORK, 'the inventory has no network mesh any more'],
      ] as const) {
        expect(planned(inventory, FILES + RECORD)).toEqual([
          `outage: stop wg0, now and at boot: ${why}`,
          `none: move ${ALL} to ${KEPT_IN}: ${why}`,
          SYSCTL,
        ]);
      }
    },
  );

  maybe('goes on all nodes or on none, where the others can not do without', () => {
    const jointly = (inventory: Inventory, files: string) => {
      const context = contextOf(inventory, params);
      const seen = retireStep
        .probe(context)
        .parse(runScript(shell, retireStep.probe(context).script, machine(files)));
      const changes = retireStep.plan(context, seen, knows(inventory));
      return [...new Set(changes.filter(({ touches }) => touches?.interfaces).map(({ joint }) => joint))];
    };
    const RUNNING = 'ip link add wg0 type bridge || exit 1\n';
    for (const files of [FILES + RECORD, FILES]) {
      expect(jointly(NO_NETWORK, RUNNING + files)).toEqual([files === FILES ? 'wg0' : 'mesh']);
      expect(jointly(MOVED, RUNNING + files)).toEqual(['mesh']);
      expect(jointly(RENAMED, RUNNING + files)).toEqual([undefined]);
      expect(jointly(WITHOUT, RUNNING + files)).toEqual([undefined]);
      expect(jointly(NO_NETWORK, files)).toEqual([undefined]);
    }
    expect(jointly(ELSEWHERE, RUNNING + FILES + RECORD)).toEqual(['mesh']);
  });

  maybe('is known without a record, as versions before it left it', () => {
    const stop = expect.stringContaining('stop wg0, now and at boot');
    for (const inventory of [RENAMED, WITHOUT, NO_NETWORK])
      expect(planned(inventory, FILES)).toContainEqual(stop);
  });

  maybe('says where its node and those that it reaches may be connected to through it', () => {
    const own = memberOf(mesh, NODE).addresses;
    for (const files of [FILES + RECORD, FILES]) {
      const context = contextOf(NO_NETWORK, params);
      const seen = retireStep
        .probe(context)
        .parse(runScript(shell, retireStep.probe(context).script, machine(files)));
      const former = retireStep.formerAddresses?.(context, seen);
      expect([...(former?.keys() ?? [])]).toEqual([files === FILES ? 'wg0' : 'mesh']);
      const addresses = [...(former?.values() ?? [])].flat();
      expect(addresses).toEqual(
        expect.arrayContaining([...own, ...peers.map((peer) => peer.addresses[0] ?? '')]),
      );
    }
  });

  /** What is left in /etc/wireguard once a network is retired, and what `then` says after that. */
  const aside = (inventory: Inventory, then: Sh, before = ':') => {
    const context = contextOf(inventory, params);
    const seen = retireStep
      .probe(context)
      .parse(runScript(shell, retireStep.probe(context).script, machine(FILES + RECORD)));
    const changes = retireStep.plan(context, seen, knows(inventory));
    const move = changes.find(({ summary }) => summary.startsWith('move '));
    expect(move?.touches?.files).toContain(KEPT_IN);
    expect(move?.retires).toBe('mesh');
    return runScript(
      shell,
      `${before}\n( ${move?.script} ) || echo failed\n${standalone(then)}`,
      machine(FILES + RECORD),
    );
  };

  maybe('puts the keys of a retired network aside, and never one over another', () => {
    const list = `cd /etc/wireguard; find . -type f ! -name other.conf | sort; stat -c '%a %U' .retired; cat .retired/*/key`;
    const [name = ''] = KEPT_IN.split('/').slice(-1);
    const kept = ['conf', 'key', 'of', 'psk/ms-1', 'record'].map((file) => `./.retired/${name}/${file}`);
    expect(aside(NO_NETWORK, list).stdout.trim().split('\n')).toEqual([...kept, '700 root', keyOf(NODE)]);
    const again = aside(NO_NETWORK, list, `mkdir -p ${KEPT_IN}; echo another >${KEPT_IN}/key`).stdout;
    expect(again).toContain('another\n');
    expect(again).toContain(keyOf(NODE));
  });

  maybe('takes its key again when the same network comes back, and no other network’s', () => {
    const keys = contextOf(HOME, {});
    const seen = (inventory: Inventory, which = keys) =>
      wireguardKeysStep.probe(which).parse(aside(inventory, wireguardKeysStep.probe(which).script));
    const back = seen(NO_NETWORK);
    expect(wireguardKeysStep.facts?.(keys, back)).toEqual({ [publicKeyFact('wg0')]: keyOf(NODE) });
    const [change] = wireguardKeysStep.plan(keys, back, knows(HOME));
    expect(change?.summary).toBe(
      `reuse the private key of the retired network, ${KEPT_IN}/key, as /etc/wireguard/wg0.key`,
    );
    expect(aside(NO_NETWORK, `${change?.script}\ncat /etc/wireguard/wg0.key`).stdout.trim()).toBe(
      keyOf(NODE),
    );
    const shared = aside(NO_NETWORK, presharedKeysStep.probe(keys).script);
    const [file, own] = [...presharedKeysStep.probe(keys).parse(shared)][0] ?? [];
    expect([file, own?.from]).toEqual(['/etc/wireguard/psk/wg0/ms-1', `${KEPT_IN}/psk/ms-1`]);
    const agreed = {
      get: (_: string, key: string) => (key === presharedKeyFact('wg0', NODE) ? own?.sha256 : undefined),
    };
    const carry = presharedKeysStep
      .plan(keys, presharedKeysStep.probe(keys).parse(shared), agreed)
      .find(({ summary }) => summary.startsWith('move the preshared key for ms-1 to'));
    expect(aside(NO_NETWORK, `( ${carry?.script} ); cat /etc/wireguard/psk/wg0/ms-1`).stdout.trim()).toBe(
      'shared',
    );
    for (const other of [
      { ...HOME, networks: [{ ...mesh, name: 'office' }] },
      { ...HOME, name: 'office' },
    ])
      expect(seen(NO_NETWORK, contextOf(other, {})).get('wg0')?.state).toBe('absent');
  });

  maybe('forgets what was put aside for an inventory that the node leaves for good', () => {
    const forget = (inventory: Inventory): string =>
      aside(
        NO_NETWORK,
        `( ${forgetAsideFragment(inventory).script} ); find /etc/wireguard/.retired -name key 2>/dev/null`,
      ).stdout.trim();
    expect(forget({ ...HOME, name: 'office' })).toBe(`${KEPT_IN}/key`);
    expect(forget(HOME)).toBe('');
  });

  maybe('hands its keys over to the new name', () => {
    const keys = contextOf(RENAMED, {});
    const reply = runScript(shell, wireguardKeysStep.probe(keys).script, machine(FILES + RECORD));
    const seen = wireguardKeysStep.probe(keys).parse(reply);
    expect(wireguardKeysStep.facts?.(keys, seen)).toEqual({ [publicKeyFact('wghome')]: keyOf(NODE) });
    expect(wireguardKeysStep.plan(keys, seen, knows(RENAMED)).map(({ summary }) => summary)).toEqual([
      'move the private key of wg0 to /etc/wireguard/wghome.key, unchanged',
    ]);
    const shared = runScript(shell, presharedKeysStep.probe(keys).script, machine(FILES + RECORD));
    expect(presharedKeysStep.probe(keys).parse(shared).get('/etc/wireguard/psk/wghome/ms-1')).toMatchObject({
      from: '/etc/wireguard/psk/wg0/ms-1',
    });
  });

  const FORWARDING = '/etc/sysctl.d/99-bridgehead-forwarding-wg0.conf';
  const off = (more: string, first = ':'): string =>
    runScript(
      shell,
      `${first}
${switchOffScript('wg0')}\ncat /proc/sys/net/ipv4/ip_forward; [ ! -e ${FORWARDING} ]`,
      {
        ...machine(`rm -f /etc/sysctl.d/* /etc/sysctl.conf; mkdir -p /etc/sysctl.d
echo 'net.ipv4.ip_forward = 1' >${FORWARDING}; echo 1 >/proc/sys/net/ipv4/ip_forward\n${more}`),
      },
    ).stdout.trim();

  maybe('turns forwarding off, unless something else wants it', () => {
    expect(off(':')).toBe('0');
    expect(off("echo '#net.ipv4.ip_forward=1' >/etc/sysctl.conf")).toBe('0');
    expect(off("echo 'net.ipv4.ip_forward=1' >/etc/sysctl.d/50-router.conf")).toBe('1');
    expect(off("echo 'net/ipv4/ip_forward=1' >/etc/sysctl.conf")).toBe('1');
    const ufw = 'mkdir -p /etc/ufw; echo IPT_SYSCTL=/etc/ufw/sysctl.conf >/etc/default/ufw\n';
    const ours = '# bridgehead, instead of: #net/ipv4/ip_forward=1\\nnet/ipv4/ip_forward=1\\n';
    expect(off(`${ufw}printf '${ours}' >/etc/ufw/sysctl.conf`)).toBe('0');
    expect(off(`${ufw}echo net/ipv4/ip_forward=1 >/etc/ufw/sysctl.conf`)).toBe('1');
    expect(off('ip link add docker0 type bridge')).toBe('1');
  });

  maybe(
    'leaves forwarding on where a foreign tunnel, guest, hook or masquerade may need it, and says why',
    () => {
      const made = (files: string, why: string): void => {
        expect(off(files, `${WHY_FORWARDS}\nwhy_stays_on wg0`)).toBe(`${why}\n1`);
      };
      made('ip tuntap add wg7 mode tun && ip link set wg7 up', 'interface wg7 may need it');
      made('ip tuntap add tun0 mode tun && ip link set tun0 up', 'interface tun0 may need it');
      made('ip link add br-lan type bridge && ip link set br-lan up', 'interface br-lan may need it');
      made(
        'ip link add ve-guest type veth peer name host0 && ip link set ve-guest up',
        'interface ve-guest may need it',
      );
      const hook = (path: string, text: string) =>
        made(`mkdir -p $(dirname ${path}); echo '${text}' >${path}`, `${path} turns it on`);
      hook('/etc/wireguard/vpn.conf', 'PostUp = sysctl -w net.ipv4.ip_forward=1');
      hook('/etc/openvpn/up.sh', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
      hook('/etc/openvpn/up.sh', 'sleep 1; echo 1 | tee /proc/sys/net/ipv4/ip_forward');
      hook('/etc/shorewall/shorewall.conf', 'IP_FORWARDING=On');
      hook('/etc/network/if-up.d/router', 'sysctl -q net.ipv4.conf.all.forwarding=1');
      made(
        "mkdir -p /etc/systemd/network; printf '[Network]\\nIPMasquerade=ipv4\\n' >/etc/systemd/network/lan.network",
        '/etc/systemd/network/lan.network turns it on',
      );
      const chain =
        "nft add table ip router; nft add chain ip router post '{ type nat hook postrouting priority 100; }'; nft add rule ip router post";
      made(`${chain} masquerade`, 'table ip router gives packets another source');
      made(`${chain} oifname eth0 snat to 192.0.2.1`, 'table ip router gives packets another source');
      made(
        `echo '# on before Bridgehead: net.ipv4.ip_forward = 1' >>${FORWARDING}`,
        'it was on before Bridgehead needed it',
      );
    },
  );

  maybe('turns it off where what could need it is ours, down or a note', () => {
    const own = chainOf('bridgehead_wg0');
    for (const files of [
      own,
      'ip tuntap add wg7 mode tun',
      'ip tuntap add wg0 mode tun && ip link set wg0 up',
      `ip tuntap add wg8 mode tun && ip link set wg8 up; mkdir -p /etc/wireguard; echo '${MANAGED}: x' >/etc/wireguard/wg8.conf`,
      'mkdir -p /etc/openvpn; echo "# ip_forward is left alone" >/etc/openvpn/up.sh',
      'mkdir -p /etc/openvpn; echo "echo 0 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/conf/all/send_redirects" >/etc/openvpn/up.sh',
      'ip link add eth7 type veth peer name eth8 && ip link set eth7 up',
    ])
      expect(off(files)).toBe('0');
  });

  const KEPT = '/etc/sysctl.d/98-bridgehead-accept-ra.conf';
  const ra = (more: string, script = switchOffScript('wg0')): string =>
    runScript(shell, `${script}\ncat /proc/sys/net/ipv6/conf/lo/accept_ra; grep -sv '^#' ${KEPT}`, {
      ...machine(`rm -f /etc/sysctl.d/* /etc/sysctl.conf; mkdir -p /etc/sysctl.d
printf '# Managed by Bridgehead: x\\nnet.ipv6.conf.lo.accept_ra = 2\\nnet.ipv6.conf.all.forwarding = 1\\n' >${FORWARDING}
cp ${FORWARDING} /etc/sysctl.d/99-bridgehead-mesh.conf; rm ${script.includes('mesh') ? FORWARDING : '/etc/sysctl.d/99-bridgehead-mesh.conf'}
echo 2 >/proc/sys/net/ipv6/conf/lo/accept_ra; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n${more}`),
    }).stdout.trim();

  maybe('keeps accept_ra = 2 for the next boot while something else has IPv6 forwarded', () => {
    const line = 'net.ipv6.conf.lo.accept_ra = 2';
    const router = 'echo net.ipv6.conf.all.forwarding=1 >/etc/sysctl.d/60-router.conf';
    expect(ra(':')).toBe('1');
    expect(ra(router)).toBe(`2\n${line}`);
    expect(ra('ip tuntap add wg7 mode tun && ip link set wg7 up')).toBe(`2\n${line}`);
    expect(ra(`${router}; echo '${line}' >>/etc/sysctl.d/60-router.conf`)).toBe('2');

    const context = contextOf(NO_NETWORK, params);
    const record = `${FILES}${RECORD}`;
    const seen = retireStep
      .probe(context)
      .parse(runScript(shell, retireStep.probe(context).script, machine(record)));
    const last = retireStep.plan(context, seen, knows(NO_NETWORK)).at(-1);
    expect(last?.touches?.files).toContain(KEPT);
    expect(ra(router, last?.script)).toBe(`2\n${line}`);
    expect(ra('echo 0 >/proc/sys/net/ipv6/conf/all/forwarding', last?.script)).toBe('2');
  });

  const MARK = 'net.ipv4.conf.all.src_valid_mark';
  const mark = (more: string): string =>
    runScript(shell, `${switchOffScript('wg0')}\ncat /proc/sys/${MARK.replaceAll('.', '/')}`, {
      ...machine(`rm -f /etc/sysctl.d/* /etc/sysctl.conf; mkdir -p /etc/sysctl.d
printf '%s\\n' '# Managed by Bridgehead: x' 'net.ipv4.ip_forward = 1' '${MARK} = 1' >${FORWARDING}
ip link set lo up; echo 1 >/proc/sys/${MARK.replaceAll('.', '/')}\n${more}`),
    }).stdout.trim();

  maybe('no longer asks for the way back with marks, unless something else goes by them', () => {
    expect(mark(':')).toBe('0');
    expect(mark('ip rule add pref 5000 from 10.8.0.9 iif lo fwmark 0/0x10000000 prohibit')).toBe('0');
    expect(mark(`mkdir -p /etc/openvpn; echo '# ${MARK}=1' >/etc/openvpn/up.sh`)).toBe('0');
    expect(mark('ip rule add not fwmark 0xca6c table 51820')).toBe('1');
    expect(mark(`echo '${MARK}=1' >/etc/sysctl.d/50-vpn.conf`)).toBe('1');
    expect(mark(`echo 'PostUp = sysctl -q ${MARK}=1' >/etc/wireguard/vpn.conf`)).toBe('1');
    expect(mark(`echo '# on before Bridgehead: ${MARK} = 1' >>${FORWARDING}`)).toBe('1');
  });

  maybe('takes an interface out of the next boot whose unit’s package is gone', () => {
    const LINK = '/etc/systemd/system/multi-user.target.wants/wg-quick@wg0.service';
    const stop = (known: string): { code: number | null; said: string } => {
      const systemctl = `case "$*" in list-unit-files*) ${known} ;; disable*) echo 'Failed to disable unit: Unit file wg-quick@wg0.service does not exist.' >&2; exit 1 ;; stop* | reset-failed*) exit 5 ;; esac`;
      const { code, stdout, stderr } = runScript(
        shell,
        `( ${takeDownScript('wg0')} ); code=$?; [ ! -h ${LINK} ] || echo linked; exit $code`,
        {
          ...machine(`mkdir -p ${LINK.slice(0, LINK.lastIndexOf('/'))}; ln -s /nowhere ${LINK}`),
          path: [fakes({ ...TOOLS, systemctl })],
        },
      );
      return { code, said: `${stdout}${stderr}`.trim() };
    };
    expect(stop(':')).toEqual({ code: 0, said: '' });
    expect(stop("echo 'wg-quick@.service indirect enabled'")).toEqual({
      code: 1,
      said: 'linked\nFailed to disable unit: Unit file wg-quick@wg0.service does not exist.',
    });
  });

  maybe('never removes a link that is not WireGuard’s, whatever its name', () => {
    const stop = (wg: string, files: string) =>
      runScript(
        shell,
        `${takeDownScript('wg0')}\ncode=$?; [ ! -d /sys/class/net/wg0 ] || echo there; exit $code`,
        {
          ...machine(files),
          path: [fakes({ ...TOOLS, wg })],
        },
      );
    const bridge = 'ip link add wg0 type bridge';
    const foreign = stop('exit 1', bridge);
    expect(foreign.code).not.toBe(0);
    expect(foreign.stderr).toContain('wg0 is not a WireGuard interface any more');
    expect(
      runScript(shell, `( ${takeDownScript('wg0')} ); ls /sys/class/net`, {
        ...machine(bridge),
        path: [fakes({ ...TOOLS, wg: 'exit 1' })],
      }).stdout,
    ).toContain('wg0');
    expect(stop('echo 51820', 'ip tuntap add wg0 mode tun')).toMatchObject({ code: 0, stdout: '' });
    expect(stop('exit 1', ':')).toMatchObject({ code: 0, stdout: '' });
  });

  maybe('says in the plan that forwarding stays on', () => {
    const files = `${FILES}${RECORD}mkdir -p /etc/sysctl.d; echo 'net.ipv4.ip_forward = 1' >${FORWARDING}\n`;
    const tunnel = 'ip tuntap add wg7 mode tun && ip link set wg7 up\n';
    expect(planned(NO_NETWORK, files + tunnel)).toContain(
      "outage: stop forwarding for wg0, and leave the kernel's forwarding on: interface wg7 may need it",
    );
  });
});
