import { deleteRules, hooksOf } from '../../../../src/layers/wireguard/adopt/hooks.js';

/** As angristan's script writes them. */
const SCRIPTED = `[Interface]
Address = 10.66.66.1/24,fd42:42:42::1/64
PostUp = iptables -I INPUT -p udp --dport 51820 -j ACCEPT
PostUp = iptables -I FORWARD -i eth0 -o wg0 -j ACCEPT
PostUp = iptables -I FORWARD -i wg0 -j ACCEPT
PostUp = iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
PostUp = ip6tables -I FORWARD -i wg0 -j ACCEPT
PostDown = iptables -D INPUT -p udp --dport 51820 -j ACCEPT
PostDown = iptables -t nat -D POSTROUTING -o eth0 -j MASQUERADE
`;
/** As guides have them: several commands in one line. */
const GUIDE = `[Interface]
PostUp = iptables -A FORWARD -i %i -j ACCEPT; iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE; sysctl -w net.ipv4.ip_forward=1 # nat
postdown=iptables -D FORWARD -i %i -j ACCEPT && sysctl -w net.ipv4.ip_forward=0
# PostUp = rm -rf /
`;
const purposes = (text: string) => hooksOf(text, 'wg0').map(({ line, purpose }) => `${line} ${purpose}`);

describe('hooks of a configuration', () => {
  it('are known by what scripts write', () => {
    expect(purposes(SCRIPTED)).toEqual([
      'PostUp input',
      'PostUp forward',
      'PostUp forward',
      'PostUp masquerade',
      'PostUp forward',
      'PostDown undo',
      'PostDown undo',
    ]);
  });

  it('are separated if a line has several, with the interface for %i', () => {
    expect(purposes(GUIDE)).toEqual([
      'PostUp forward',
      'PostUp masquerade',
      'PostUp switch',
      'PostDown undo',
      'PostDown undo',
    ]);
    expect(hooksOf(GUIDE, 'wg0')[0]?.text).toBe('iptables -A FORWARD -i wg0 -j ACCEPT');
  });

  it.each([
    'ip route add 10.1.0.0/24 via 192.168.1.1',
    '/root/up.sh',
    'iptables -A FORWARD -i wg0 -j $(cat /target)',
    "iptables -A FORWARD -i wg0 -m comment --comment 'two words' -j ACCEPT",
    'iptables -P FORWARD ACCEPT',
    'iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.1.0.2',
    'sysctl -w net.ipv4.ip_forward=0',
  ])('are left to their author: %s', (one) => {
    expect(purposes(`[Interface]\nPostUp = ${one}`)).toEqual(['PostUp undefined']);
  });

  it('are no hooks of ours, but for the key', () => {
    expect(purposes('[Interface]\nPostUp = wg set %i private-key /etc/wireguard/%i.key')).toEqual([
      'PostUp key',
    ]);
    expect(purposes('[Interface]\nPostUp = wg set %i peer A= preshared-key /etc/wireguard/psk/%i/a')).toEqual(
      ['PostUp key'],
    );
  });

  it('leave rules that are deleted by the words that added them, once each', () => {
    expect(deleteRules(hooksOf(GUIDE, 'wg0'))).toEqual([
      "{ ! 'iptables' '-w' '-t' 'filter' '-C' 'FORWARD' '-i' 'wg0' '-j' 'ACCEPT' 2>/dev/null || 'iptables' '-w' '-t' 'filter' '-D' 'FORWARD' '-i' 'wg0' '-j' 'ACCEPT'; }",
      "{ ! 'iptables' '-w' '-t' 'nat' '-C' 'POSTROUTING' '-o' 'eth0' '-j' 'MASQUERADE' 2>/dev/null || 'iptables' '-w' '-t' 'nat' '-D' 'POSTROUTING' '-o' 'eth0' '-j' 'MASQUERADE'; }",
    ]);
    expect(deleteRules(hooksOf(SCRIPTED, 'wg0'))[0]).toContain("'-C' 'INPUT' '-p' 'udp' '--dport' '51820'");
    expect(deleteRules(hooksOf('[Interface]\nPostUp = /root/up.sh', 'wg0'))).toEqual([]);
  });
});
