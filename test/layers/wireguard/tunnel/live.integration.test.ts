import { createHash } from 'node:crypto';
import { interfaceFact, parseInterface } from '../../../../src/layers/wireguard/tunnel/live.js';
import { execute } from '../../../../src/remote/execute.js';
import { standalone } from '../../../../src/remote/script.js';
import { LocalConnection } from '../../../support/local-transport.js';

const PRIVATE = 'cHJpdmF0ZS1rZXktb2YtdGhpcy1ub2RlLWNhbmFyeSE=';
const PSK = 'cHJlc2hhcmVkLWtleS1vZi10aGlzLXBhaXItY2FuYXI=';

/** Stands in for the tools of a node that has wg0 running. */
const FAKE_TOOLS = `
wg() {
  case "$*" in
    'show wg0 dump')
      printf '${PRIVATE}\\tOWNPUB=\\t51820\\toff\\n'
      printf 'PEER1=\\t${PSK}\\t203.0.113.10:32308\\t172.27.15.11/32,172.27.15.9/32\\t1700000000\\t10\\t20\\t25\\n'
      printf 'PEER2=\\t(none)\\t(none)\\t(none)\\t0\\t0\\t0\\toff\\n' ;;
    *) return 1 ;;
  esac
}
ip() {
  case "$*" in
    '-o addr show dev wg0') echo '7: wg0    inet 172.27.15.31/32 scope global wg0\\       valid_lft forever' ;;
    'route show table all dev wg0') printf '172.27.15.11 scope link \\n10.9.0.0/24 scope link \\n172.27.15.0/24 proto kernel scope link\\n10.8.0.0/24 table 7 scope link\\nlocal 172.27.15.31 table local proto kernel scope host\\nfd00::1 proto kernel metric 256 pref medium\\n' ;;
  esac
}
systemctl() { printf 'ActiveState=active\\nUnitFileState=enabled\\n'; }
`;

async function probe(extra: string): Promise<string> {
  const script = `${FAKE_TOOLS}${extra}`;
  const replies = await execute(new LocalConnection(), [{ id: 'p', script }], {
    node: 'n',
    deadlineMs: 5000,
  });
  return replies.get('p')?.stdout ?? '';
}

describe('the probe of a WireGuard interface', () => {
  const script = standalone(interfaceFact('wg0').script)
    .replaceAll("/sys/class/net/'wg0'", '$fake')
    .replaceAll('$fake/mtu', '$fake/mtu');

  it('reads everything about a running interface, and neither private nor preshared keys', async () => {
    const stdout = await probe(`fake=$(mktemp -d); echo 1420 >$fake/mtu\n${script}`);
    expect(stdout).not.toContain(PRIVATE);
    expect(stdout).not.toContain(PSK);
    expect(parseInterface(stdout)).toMatchObject({
      unit: { enabled: true, active: true },
      config: undefined,
      live: {
        publicKey: 'OWNPUB=',
        port: 51820,
        mtu: 1420,
        addresses: ['172.27.15.31/32'],
        routes: ['172.27.15.11/32', '10.9.0.0/24'],
        peers: [
          {
            publicKey: 'PEER1=',
            presharedKey: createHash('sha256').update(PSK).digest('hex'),
            endpoint: '203.0.113.10:32308',
            allowedIps: ['172.27.15.11/32', '172.27.15.9/32'],
            latestHandshake: 1700000000,
            keepalive: 25,
          },
          { publicKey: 'PEER2=', allowedIps: [], latestHandshake: 0, keepalive: 0 },
        ],
      },
    });
  });

  it('reads a config made by hand without its secrets, whatever their spelling', async () => {
    const config = `[Interface]\nprivatekey=${PRIVATE}\n# PrivateKey = ${PRIVATE}\nPostUp = wg set %i private-key /etc/wireguard/%i.key\n[Peer]\nPresharedKey = ${PSK}\nPublicKey = PEER1=\nPersistentKeepalive = 25\n`;
    const stdout = await probe(
      `fake=/nonexistent; conf=$(mktemp); printf '%s' '${config}' >$conf\n${script.replaceAll("'/etc/wireguard/wg0.conf'", '$conf')}`,
    );
    expect(stdout).not.toContain(PRIVATE);
    expect(stdout).not.toContain(PSK);
    const seen = parseInterface(stdout);
    expect(seen.live).toBeUndefined();
    expect(seen.config?.mode).toMatch(/^600 \S+ \S+$/);
    expect(seen.config?.text).toContain('PublicKey = PEER1=\nPersistentKeepalive = 25\n');
    expect(seen.config?.text).toContain('PostUp = wg set %i private-key /etc/wireguard/%i.key');
  });

  it.each<[string, string, boolean]>([
    ['a kernel tunnel', 'DEVTYPE=wireguard\nINTERFACE=wg0', false],
    ['an Ethernet port', 'INTERFACE=wg0\nIFINDEX=2', true],
    ['a bridge', 'DEVTYPE=bridge\nINTERFACE=wg0', true],
  ])('distinguishes %s from what is not WireGuard', async (_what, uevent, other) => {
    const silent = script.replaceAll("wg show 'wg0' dump", 'false');
    const stdout = await probe(
      `fake=$(mktemp -d); echo 1420 >$fake/mtu; printf '${uevent}\\n' >$fake/uevent\n${silent}`,
    );
    expect(parseInterface(stdout).otherLink ?? false).toBe(other);
  });

  it('takes for WireGuard what wg knows, whatever the link is', async () => {
    const stdout = await probe(
      `fake=$(mktemp -d); echo 1420 >$fake/mtu; echo INTERFACE=wg0 >$fake/uevent\n${script}`,
    );
    expect(parseInterface(stdout).otherLink).toBeUndefined();
  });
});
