import { machineFact } from '../../../src/facts/machine/machine.js';

const reply = (...lines: string[]) => ({
  id: 'x',
  code: 0,
  stderr: '',
  stdout: `${[
    `machine ${'a'.repeat(32)}`,
    'running 11111111-2222-3333-4444-555555555555 123',
    'hostname pi',
    'arch armv7l',
    'uptime 90',
    'clock 1764000000',
    'support no no yes',
    ...lines,
    'end',
  ].join('\n')}\n`,
});

describe('a machine as it answers', () => {
  it('knows one without systemd, apt or a root that can be written', () => {
    const seen = machineFact.parse(reply('os openwrt 23.05.5', 'title OpenWrt 23.05.5', 'root ro,relatime'));
    expect(seen).toMatchObject({
      os: 'openwrt',
      version: '23.05.5',
      systemd: false,
      apt: false,
      perl: false,
      readOnlyRoot: true,
      module: 'no',
      tun: true,
      architecture: 'armv7l',
    });
  });

  it('is not read-only because of another option that begins so', () => {
    expect(machineFact.parse(reply('root rw,relatime,errors=remount-ro')).readOnlyRoot).toBe(false);
  });

  it('lists the holder of a port next to it', () => {
    const { udp } = machineFact.parse(reply('open udp CA6C', 'listening udp 127.0.0.1:53 812 - dnsmasq'));
    expect([...udp]).toEqual([
      [53, 'dnsmasq'],
      [51820, undefined],
    ]);
  });

  it('reads the rules of its firewall', () => {
    const { tables } = machineFact.parse(
      reply(
        'nft table ip filter {',
        'nft chain INPUT {',
        'nft type filter hook input priority filter; policy drop;',
        'nft }',
        'nft }',
      ),
    );
    expect(tables?.map(({ name }) => name)).toEqual(['filter']);
  });

  it('refuses an answer that was cut off', () => {
    expect(() => machineFact.parse({ ...reply(), stdout: 'hostname pi\n' })).toThrow('cut off');
  });
});
