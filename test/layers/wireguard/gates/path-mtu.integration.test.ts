import { saysIpv6Off } from '../../../../src/layers/shared/packet-answers.js';
import { endpoints } from '../../../../src/layers/wireguard/gates/endpoints.js';
import { pathMtu } from '../../../../src/layers/wireguard/gates/path-mtu.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { describeShells } from '../../../support/shells.js';
import { askGate, gateContext, INVENTORY, NETWORK, nodeOf, scriptOf, stops, verdictOf } from './fixture.js';

const one = { measured: ['ms-1'] };
const good = 'mtu wg0 1420\nwhole 0 1420 12.5\nwhole 1 1420 0.4\nwhole 2 1420 0.5';

describe('path-mtu', () => {
  it('is GO when the complete MTU passes', () => {
    const verdict = verdictOf(pathMtu, {}, { 'ms-1': good }, one);
    expect(verdict.summary).toBe('3 of 3 paths as wide as the interface');
    expect(stops(verdict)).toEqual([]);
    expect(verdict.findings[0]).toMatchObject({
      peer: 'ctb-edge-1',
      expected: 'packets of 1420 bytes, unfragmented, to 172.27.15.11, the MTU of wg0',
      seen: 'unfragmented, in 12.5 ms',
    });
  });

  it.each([
    ['narrow', 'narrow 0 1372 1373', 'ms-1 -> ctb-edge-1: only 1372 bytes pass'],
    ['silent', 'lost 0 silence', 'ms-1 -> ctb-edge-1: no answer, not even to a small packet'],
    [
      'without a key',
      'lost 0 Required key not available',
      'ms-1 -> ctb-edge-1: no answer, not even to a small packet (Required key not available)',
    ],
  ])('reports a path that is %s', (_what, line, expected) => {
    const said = good.replace('whole 0 1420 12.5', line);
    expect(stops(verdictOf(pathMtu, {}, { 'ms-1': said }, one))).toEqual([expected]);
  });

  it('says which mtu would do', () => {
    const said = good.replace('whole 0 1420 12.5', 'narrow 0 1372 1373');
    const [stop] = verdictOf(pathMtu, {}, { 'ms-1': said }, one).findings;
    expect(stop?.fix).toMatch(/^set mtu: 1372 for network mesh and apply, or find what drops larger packets/);
  });

  it('never proposes less than IPv6 allows', () => {
    const ranges = [...NETWORK.ranges, 'fd27::/64'];
    const inventory: Inventory = { ...INVENTORY, networks: [{ ...NETWORK, ranges }] };
    const said = good.replace('whole 0 1420 12.5', 'narrow 0 1200 1201');
    const [stop] = verdictOf(pathMtu, {}, { 'ms-1': said }, { ...one, inventory }).findings;
    expect(stop?.fix).toMatch(/IPv6 needs 1280 inside the tunnel.*IPv4 only, with mtu: 1200/);
  });

  it('believes what the target heard, each way by itself', () => {
    const replies = {
      'ms-1': good.replace('whole 2 1420 0.5', 'narrow 2 1300 1301'),
      'wk-2': `${good.replace('whole 1 1420 0.4', 'narrow 1 1300 1301')}\nheard 172.27.15.12 1420`,
    };
    const verdict = verdictOf(pathMtu, {}, replies, { measured: ['ms-1', 'wk-2'] });
    expect(stops(verdict)).toEqual(['wk-2 -> ms-1: only 1300 bytes pass']);
  });

  it('needs the interface', () => {
    const said = 'mtu wg0 absent\nlost 0 no interface wg0\nlost 1 no interface wg0\nlost 2 no interface wg0';
    expect(stops(verdictOf(pathMtu, {}, { 'ms-1': said }, one))[0]).toBe(
      'ms-1 -> ctb-edge-1: no interface wg0',
    );
  });

  it('is garbled when a path is missing', () => {
    const [stop] = stops(verdictOf(pathMtu, {}, { 'ms-1': good.replace(/whole 1.*\n/, '') }, one));
    expect(stop).toMatch(/^ms-1: expected 3 paths, got 2/);
  });
});

describe('IPv6 that is off', () => {
  const members = NETWORK.members.map(({ node, addresses }, number) => ({
    node,
    addresses: [...addresses, `fd27::${number + 1}`],
  }));
  const ranges = [...NETWORK.ranges, 'fd27::/64'];
  const inventory: Inventory = { ...INVENTORY, networks: [{ ...NETWORK, ranges, members }] };
  const context = gateContext({}, { ...one, inventory, patience: 0 });

  it('is reported with the node and the fix', () => {
    const paths = [0, 1, 2].map((n) => `whole ${2 * n} 1420 1.0\nlost ${2 * n + 1} Network is unreachable`);
    const verdict = verdictOf(
      pathMtu,
      {},
      { 'ms-1': `ipv6-off\nmtu wg0 1420\n${paths.join('\n')}` },
      context,
    );
    expect(new Set(stops(verdict).map((stop) => stop.replace(/^.*: /, '')))).toEqual(
      new Set(['IPv6 is off on ms-1']),
    );
    expect(verdict.findings.find(({ go }) => !go)?.fix).toMatch(/^turn IPv6 on on ms-1: `sysctl -w/);
    expect(verdict.summary).toBe('3 of 6 paths as wide as the interface');
  });

  describeShells('is seen', (shell) => {
    it('by the probe', () => {
      const off = askGate(shell, pathMtu, context, nodeOf('ms-1'), {
        under: ['unshare', '-n'],
        before: 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6',
      });
      const on = askGate(shell, pathMtu, context, nodeOf('ms-1'), { under: ['unshare', '-n'] });
      const words = (text: string): string[][] => text.split('\n').map((line) => line.split(' '));
      expect([saysIpv6Off(words(off.stdout)), saysIpv6Off(words(on.stdout))]).toEqual([true, false]);
    });
  });
});

describe('an endpoint in IPv6', () => {
  const nodes = INVENTORY.nodes.map((one) =>
    one.name === 'ctb-edge-1' ? { ...one, publicAddresses: ['2001:db8::25'] } : one,
  );
  const inventory: Inventory = {
    ...INVENTORY,
    sites: INVENTORY.sites.map((site) => ({ ...site, publicAddresses: ['2001:db8::10'] })),
    nodes,
  };

  it('cannot be reached where IPv6 is off', () => {
    const changes = { inventory, measured: ['ctb-edge-1', 'ms-1'] };
    const script = scriptOf(endpoints, gateContext({}, changes), nodeOf('ms-1'));
    expect(script).toContain('\nipv6 lo\n');
    const replies = {
      'ms-1': 'ipv6-off\nsent mesh ctb-edge-1 9 Cannot assign requested address',
      'ctb-edge-1': 'sent mesh ms-1 9 silence',
    };
    expect(stops(verdictOf(endpoints, {}, replies, changes))).toEqual([
      'ctb-edge-1 -> ms-1: IPv6 is off on ms-1',
      'ms-1 -> ctb-edge-1: IPv6 is off on ms-1',
    ]);
  });
});
