import type { Verdict } from '../../../src/layers/gate.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';
import { GatesWorld } from '../support/gates-world.js';
import { stopsIn } from '../support/stops-in.js';

/** Outer bytes of a packet in the tunnel: IPv4, UDP, WireGuard's header and tag, the inside padded to 16. */
const outer = (inner: number): number => 20 + 8 + 16 + Math.ceil(inner / 16) * 16 + 16;

describe('the gate path-mtu on the home mesh', () => {
  const world = new GatesWorld(homeMesh);
  beforeAll(() => world.up());
  afterAll(() => world.down());

  const measure = async (patience = 6): Promise<{ verdict: Verdict | undefined; ms: number }> => {
    const { verdicts, ms } = await world.ask([{ kind: 'path-mtu', patience }]);
    return { verdict: verdicts.get('path-mtu'), ms };
  };
  const drop = (node: string, rule: string): void =>
    world.firewall(node, `table inet f { chain i { type filter hook input priority 0; ${rule}; }; }`);

  it('is GO and quick if the complete MTU passes', async () => {
    await world.ask([{ kind: 'handshake', patience: 15 }]);
    const { verdict, ms } = await measure();
    expect(stopsIn(verdict)).toEqual([]);
    expect(verdict?.summary).toBe('12 of 12 paths as wide as the interface');
    expect(ms).toBeLessThan(4000);
  });

  it('finds the largest that passes to the byte, and the way that is narrow', async () => {
    // Room for 1296 bytes inside: what is larger is padded to 1312 and dropped.
    drop('wk-2', `ip saddr 198.51.100.25 udp dport 51820 meta length > ${outer(1296)} drop`);
    const { verdict, ms } = await measure();
    world.firewall('wk-2', '');
    expect(stopsIn(verdict)).toEqual(['ctb-edge-1 -> wk-2: only 1296 bytes pass']);
    expect(verdict?.findings.find(({ go }) => !go)?.fix).toMatch(/^set mtu: 1296 for network mesh and apply/);
    expect(verdict?.findings.find(({ node, peer }) => node === 'wk-2' && peer === 'ctb-edge-1')?.seen).toBe(
      'arrives unfragmented at ctb-edge-1; the answer is lost on the way back',
    );
    expect(ms).toBeLessThan(6000);
  });

  it('measures every peer at once', async () => {
    for (const node of ['ms-1', 'wk-1', 'wk-2'])
      drop(node, `udp dport 51820 meta length > ${outer(1200)} drop`);
    const { verdict, ms } = await measure();
    for (const node of ['ms-1', 'wk-1', 'wk-2']) world.firewall(node, '');
    expect(stopsIn(verdict).sort()).toEqual(
      ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'].flatMap((from) =>
        ['ms-1', 'wk-1', 'wk-2']
          .filter((to) => to !== from)
          .map((to) => `${from} -> ${to}: only 1200 bytes pass`),
      ),
    );
    expect(ms).toBeLessThan(6000);
  });

  it("uses the interface's own MTU, whatever the inventory says", async () => {
    world.sh('ms-1', 'ip link set wg0 mtu 1300');
    const { verdict } = await measure();
    world.sh('ms-1', 'ip link set wg0 mtu 1420');
    expect(stopsIn(verdict)).toEqual([]);
    expect(verdict?.findings.filter(({ node }) => node === 'ms-1').map(({ expected }) => expected)[0]).toBe(
      'packets of 1300 bytes, unfragmented, to 172.27.15.11, the MTU of wg0',
    );
  });

  it('gives up on a peer that does not answer at all', async () => {
    drop('wk-2', 'iifname "wg0" drop');
    const { verdict, ms } = await measure(1);
    world.firewall('wk-2', '');
    const silent = 'no answer, not even to a small packet';
    expect(stopsIn(verdict).sort()).toEqual([
      `ctb-edge-1 -> wk-2: ${silent}`,
      `ms-1 -> wk-2: ${silent}`,
      `wk-1 -> wk-2: ${silent}`,
    ]);
    expect(ms).toBeLessThan(5000);
  });
});
