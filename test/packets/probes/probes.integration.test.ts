import { jest } from '@jest/globals';
import { canMount } from '../../support/can-mount.js';
import { type Asked, probed, tcp, udp } from './namespaces.js';

jest.setTimeout(60_000);

const SIX = 'fd09::2';
/** Drops all but two ports, and refuses two in the two ways there are. */
const CLOSED = `table inet f {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    tcp dport { 22, 80 } accept
    tcp dport 81 reject with tcp reset
    udp dport 53 reject
    udp dport 51820 accept
  }
}`;

/** Listens on port 22 of both families, and notes a connection that is made. */
const LISTENER = `cat >listener.pl <<'PERL'
use Socket qw(:DEFAULT pack_sockaddr_in6);
socket(my $s, AF_INET6, SOCK_STREAM, 0) or die;
bind($s, pack_sockaddr_in6(22, Socket::IN6ADDR_ANY)) or die;
listen($s, 5) or die;
open(my $f, '>', '/run/listening');
while (accept(my $c, $s)) { open(my $f, '>', '/run/connected') }
PERL
perl listener.pl </dev/null >/dev/null 2>&1 &
n=0; while [ ! -e listening ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done`;

/** How each probe was answered, and where it got to: `open passed`. */
async function ends(asked: Asked): Promise<readonly string[]> {
  const { a, b, errors } = await probed(asked);
  expect(errors).toBe('');
  return asked.sends.map(({ protocol, port, address }, number) => {
    const { came, passed, left } = b.courses.get(`a ${number}`) ?? {};
    const words = [
      `${port}/${protocol}${address.includes(':') ? ' v6' : ''}`,
      a.sent.get(number)?.outcome,
      ...(left ? [`to ${left.address}:${left.port}`] : []),
      ...(passed === undefined ? [] : [`passed ${passed}`]),
      ...(came && !left && passed === undefined ? ['dropped'] : []),
    ];
    return words.join(' ');
  });
}

(canMount ? describe : describe.skip)('probes', () => {
  it('distinguish what is open, what nobody listens on, what is refused and what is dropped', async () => {
    const sends = ['10.9.0.2', SIX].flatMap((address) => [
      tcp(22, address),
      tcp(80, address),
      tcp(81, address),
      tcp(82, address),
      udp(53, address),
      udp(54, address),
      udp(51_820, address),
    ]);
    expect(await ends({ sends, rules: CLOSED, before: LISTENER })).toEqual([
      '22/tcp open passed 22',
      '80/tcp refused passed 80',
      '81/tcp refused dropped',
      '82/tcp silence dropped',
      '53/udp icmp 3 3 10.9.0.2 dropped',
      '54/udp silence dropped',
      '51820/udp icmp 3 3 10.9.0.2 passed 51820',
      '22/tcp v6 open passed 22',
      '80/tcp v6 refused passed 80',
      '81/tcp v6 refused dropped',
      '82/tcp v6 silence dropped',
      '53/udp v6 icmp 1 4 fd09::2 dropped',
      '54/udp v6 silence dropped',
      '51820/udp v6 icmp 1 4 fd09::2 passed 51820',
    ]);
  });

  it('make no connection, not even with what listens', async () => {
    const { a, after } = await probed({
      sends: [tcp(22), tcp(22, SIX)],
      rules: CLOSED,
      before: LISTENER,
      after: 'ls connected; ss -Htan state connected',
    });
    expect([...a.sent.values()].map(({ outcome }) => outcome)).toEqual(['open', 'open']);
    expect(after).toContain("cannot access 'connected'");
    expect(after.split('\n').filter((line) => /ESTAB|SYN-RECV/.test(line))).toEqual([]);
  });

  it('see what is forwarded to another machine, or to another port', async () => {
    const rules = `${CLOSED}
table ip nat {
  chain DOCKER {
    type nat hook prerouting priority dstnat
    tcp dport 8080 dnat to 10.8.0.2:80
    tcp dport 8081 redirect to :22
  }
}`;
    expect(await ends({ sends: [tcp(8080), tcp(8081), tcp(8082)], rules })).toEqual([
      '8080/tcp refused to 10.8.0.2:80',
      '8081/tcp refused passed 22',
      '8082/tcp silence dropped',
    ]);
  });

  it('wait for a node that starts later', async () => {
    const { a, b } = await probed({ sends: [tcp(22), tcp(82)], rules: CLOSED, late: 1.5 });
    expect(a.here).toEqual(new Set(['b']));
    expect(b.courses.get('a 0')).toEqual({
      came: { device: 'eth0', address: '10.9.0.1', port: 22 },
      passed: 22,
    });
    expect(b.courses.get('a 1')).toEqual({ came: { device: 'eth0', address: '10.9.0.1', port: 82 } });
  });

  it('are repeated only so often, more if they have to arrive', async () => {
    const { a } = await probed({ sends: [tcp(82), tcp(83, '10.9.0.2', true), tcp(22)], rules: CLOSED });
    expect([...a.sent.values()].map(({ times }) => times)).toEqual([2, 4, 1]);
  });

  it('say that their own firewall keeps them', async () => {
    const senderRules =
      'table inet f { chain output { type filter hook output priority filter; tcp dport 22 drop; udp dport 53 drop; }; }';
    const sends = [tcp(22), udp(53), tcp(80)];
    const { a } = await probed({ sends, rules: CLOSED, senderRules });
    expect([...a.sent.values()].map(({ outcome }) => outcome)).toEqual([
      'Operation not permitted',
      'Operation not permitted',
      'refused',
    ]);
  });

  it('are traced through the rules, by a table that is gone afterwards', async () => {
    const { b, after } = await probed({
      sends: [tcp(22), tcp(81), tcp(82), udp(53, SIX)],
      rules: CLOSED,
      traced: true,
      after: 'nft list tables',
    });
    expect(after.trim()).toBe('table inet f');
    expect(b.traced.map(({ protocol, source, port, said }) => [protocol, source, port, said.trim()])).toEqual(
      [
        ['tcp', '10.9.0.1', 81, 'inet f input rule tcp dport 81 reject with tcp reset (verdict drop)'],
        ['tcp', '10.9.0.1', 82, 'inet f input policy drop'],
        ['udp', 'fd09::1', 53, 'inet f input rule udp dport 53 reject (verdict drop)'],
      ],
    );
    expect(b.before).toEqual(b.tables);
  });

  it('end long before their patience when nothing is amiss', async () => {
    const { ms } = await probed({ sends: [tcp(22), tcp(82)], rules: CLOSED, patience: 45 });
    expect(ms).toBeLessThan(40_000);
  });
});
