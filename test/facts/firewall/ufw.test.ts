import { parseUfw } from '../../../src/facts/firewall/ufw.js';

const lines = (text: string) => text.split('\n').map((line) => line.trim().split(/\s+/));

it('reads UFW’s own files', () => {
  const state = parseUfw(
    lines(`ufw-setting ENABLED=yes
ufw-setting IPV6="yes"
ufw-setting DEFAULT_INPUT_POLICY="DROP"
ufw-rule 4 allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
ufw-rule 4 limit_log tcp 2222 0.0.0.0/0 any 0.0.0.0/0 in
ufw-rule 4 allow udp 60000:61000 0.0.0.0/0 any 10.0.0.7 in_wg0 comment=6272696467656865616466697265
ufw-rule 6 deny any any ::/0 any 2001:db8::/32 in
ufw-rule 4 allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 Nginx%20Full - in
ufw-rule 4 allow tcp 25 0.0.0.0/0 any 0.0.0.0/0 out
ufw-rule 4 route:allow any any 0.0.0.0/0 any 0.0.0.0/0 in_wg0
ufw-loaded 4`),
  );
  expect(state).toMatchObject({ enabled: true, ipv6: true, closes: true, loaded: new Set([4]) });
  expect(
    state?.rules.map(({ action, protocol, port, from }) => `${action} ${protocol} ${port} ${from}`),
  ).toEqual([
    'allow tcp 22 0.0.0.0/0',
    'limit tcp 2222 0.0.0.0/0',
    'allow udp 60000:61000 10.0.0.7',
    'deny any any 2001:db8::/32',
    'allow tcp 80,443 0.0.0.0/0',
  ]);
  expect(state?.rules[2]).toMatchObject({ interface: 'wg0', comment: 'bridgeheadfire' });
});

it('knows nothing where UFW isn’t installed, and that it is off or open where it is', () => {
  expect(parseUfw(lines('end'))).toBeUndefined();
  expect(parseUfw(lines('ufw-setting ENABLED=no\nufw-setting DEFAULT_INPUT_POLICY="ACCEPT"'))).toMatchObject({
    enabled: false,
    ipv6: false,
    closes: false,
    rules: [],
  });
});
