import { parseReach, reachWord } from '../../src/model/reach.js';

const tcp = (port: number) => ({ protocol: 'tcp', port });

describe('an entry of a reach', () => {
  it.each<[text: string, reach: object, word?: string]>([
    ['lan', { kind: 'lan' }],
    ['pc2', { kind: 'node', node: 'pc2' }],
    ['pc2:3000', { kind: 'node', node: 'pc2', service: tcp(3000) }],
    ['pc2:3000/tcp', { kind: 'node', node: 'pc2', service: tcp(3000) }, 'pc2:3000'],
    ['pc2:53/udp', { kind: 'node', node: 'pc2', service: { protocol: 'udp', port: 53 } }],
    ['192.168.1.7', { kind: 'range', range: '192.168.1.7/32' }, '192.168.1.7/32'],
    ['192.168.1.7:80', { kind: 'range', range: '192.168.1.7/32', service: tcp(80) }],
    ['192.168.1.0/24:80', { kind: 'range', range: '192.168.1.0/24', service: tcp(80) }],
    ['fd01::1:80', { kind: 'range', range: 'fd01::1:80/128' }, 'fd01::1:80/128'],
    ['[fd01::1]:80', { kind: 'range', range: 'fd01::1/128', service: tcp(80) }],
    [
      '[FD01::/64]:53/udp',
      { kind: 'range', range: 'fd01::/64', service: { protocol: 'udp', port: 53 } },
      '[fd01::/64]:53/udp',
    ],
  ])('%s', (text, reach, word = text) => {
    const parsed = parseReach(text);
    expect(parsed).toEqual({ ok: true, reach });
    expect(parsed.ok && reachWord(parsed.reach)).toBe(word);
  });

  it.each<[text: string, problem: string]>([
    ['pc2:0', 'has no port from 1 to 65535 after its colon; write its number, such as pc2:3000, or only pc2'],
    [
      'pc2:70000',
      'has no port from 1 to 65535 after its colon; write its number, such as pc2:3000, or only pc2',
    ],
    [
      'pc2:http',
      'has no port from 1 to 65535 after its colon; write its number, such as pc2:3000, or only pc2',
    ],
    ['pc2:', 'has no port from 1 to 65535 after its colon; write its number, such as pc2:3000, or only pc2'],
    [
      'pc2:080',
      'has no port from 1 to 65535 after its colon; write its number, such as pc2:3000, or only pc2',
    ],
    ['pc2:3000/icmp', 'is for a protocol other than tcp and udp; write pc2:3000 for TCP, or pc2:3000/udp'],
    ['pc2:3000/tcp/udp', 'is for a protocol other than tcp and udp; write pc2:3000 for TCP, or pc2:3000/udp'],
    [
      'all:3000',
      "has a port, but all can't have one; write all, or the nodes, addresses or ranges with the port, such as pc2:3000",
    ],
    [
      'lan:3000',
      "has a port, but lan can't have one; write lan, or the nodes, addresses or ranges with the port, such as pc2:3000",
    ],
    ['192.168.1.7/24:80', 'has host bits; write 192.168.1.0/24:80'],
    ['[fd01::1/64]:80', 'has host bits; write [fd01::/64]:80'],
    ['[fd01::]/64:80', 'has its brackets in the wrong place; write [fd01::/64]:80'],
    ['[fd01::1]', 'has its brackets in the wrong place; write fd01::1'],
    ['fd01::1:80/tcp', 'has no brackets around its address; write [fd01::1]:80/tcp'],
    ['pc2.lan:80', 'is a name, not an address; write the address that it stands for, such as 203.0.113.10'],
  ])('%s is refused', (text, problem) => {
    const parsed = parseReach(text);
    expect(parsed.ok ? 'accepted' : `${parsed.message}; ${parsed.fix}`).toBe(problem);
  });
});
