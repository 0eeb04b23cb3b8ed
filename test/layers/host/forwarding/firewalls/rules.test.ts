import type { Passage } from '../../../../../src/layers/host/forwarding/firewalls/passage.js';
import {
  dockerRules,
  ufwLines,
  ufwRules,
} from '../../../../../src/layers/host/forwarding/firewalls/rules.js';

const hub: Passage = { fromTunnel: true, toTunnel: true };
const lan: Passage = { fromTunnel: true, toTunnel: false, to: '192.168.1.0/24' };
const lan6: Passage = { fromTunnel: true, toTunnel: false, to: 'fd00:1::/64' };
const call: Passage = { fromTunnel: false, toTunnel: true, from: '192.168.1.0/24' };
const out: Passage = { fromTunnel: true, toTunnel: false, from: '10.8.0.2/32' };
const MARK = '-m comment --comment bridgehead-wg0';
const ANSWERS = '-m conntrack --ctstate RELATED,ESTABLISHED';

it.each<[Passage, string, string[], string]>([
  [hub, 'allow in on wg0 out on wg0', [`-i wg0 -o wg0 ${MARK}`], '-i wg0 -o wg0'],
  [
    lan,
    'allow in on wg0 to 192.168.1.0/24',
    [`-d 192.168.1.0/24 -i wg0 ${MARK}`, `-o wg0 ${ANSWERS} ${MARK}`],
    '-d 192.168.1.0/24 -i wg0',
  ],
  [
    call,
    'allow out on wg0 from 192.168.1.0/24',
    [`-s 192.168.1.0/24 -o wg0 ${MARK}`, `-i wg0 ${ANSWERS} ${MARK}`],
    '-s 192.168.1.0/24 -o wg0',
  ],
  [
    out,
    'allow in on wg0 from 10.8.0.2',
    [`-s 10.8.0.2/32 -i wg0 ${MARK}`, `-o wg0 ${ANSWERS} ${MARK}`],
    '-s 10.8.0.2/32 -i wg0',
  ],
])('%j in the words of UFW, Docker and iptables', (passage, ufw, docker, line) => {
  expect(ufwRules('wg0', [passage])).toEqual([ufw]);
  expect(dockerRules('wg0', [passage], 4)).toEqual(docker);
  expect([...ufwLines('wg0', [passage], 4)]).toEqual([[ufw, `-A ufw-user-forward ${line} -j ACCEPT`]]);
});

it('keeps the families apart, and names no rule twice', () => {
  expect(dockerRules('wg0', [lan, out, lan6], 4)).toHaveLength(3);
  expect(dockerRules('wg0', [lan, out, lan6], 6)).toEqual([
    `-d fd00:1::/64 -i wg0 ${MARK}`,
    `-o wg0 ${ANSWERS} ${MARK}`,
  ]);
  expect([...ufwLines('wg0', [hub, lan, lan6], 6).values()]).toEqual([
    '-A ufw6-user-forward -i wg0 -o wg0 -j ACCEPT',
    '-A ufw6-user-forward -d fd00:1::/64 -i wg0 -j ACCEPT',
  ]);
});
