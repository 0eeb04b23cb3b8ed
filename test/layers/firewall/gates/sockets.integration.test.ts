import { HELD_PORTS } from '../../../../src/layers/firewall/gates/probing/sockets.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';

/** One socket of each kind, and a rule such as Docker's, in a network namespace of their own. */
const BEFORE = `ip link set lo up
nft 'table ip nat { chain DOCKER { type nat hook prerouting priority -100; tcp dport 9090 dnat to 127.0.0.9:80; }; }'
perl -e 'use Socket qw(:DEFAULT pack_sockaddr_in6);
socket(my $six, AF_INET6, SOCK_STREAM, 0); bind($six, pack_sockaddr_in6(8081, Socket::IN6ADDR_ANY)); listen($six, 1);
socket(my $udp, AF_INET6, SOCK_DGRAM, 0); bind($udp, pack_sockaddr_in6(5353, Socket::IN6ADDR_ANY));
socket(my $tcp, AF_INET, SOCK_STREAM, 0); bind($tcp, pack_sockaddr_in(8080, INADDR_ANY)); listen($tcp, 1);
sleep 60;' >/dev/null 2>&1 &
n=0; until grep -q ':1F90 ' /proc/net/tcp || [ $n -ge 50 ]; do sleep 0.1; n=$((n + 1)); done`;

(canMount ? describe : describe.skip)('on a node', () => {
  describeShells('the ports that something has', (shell) => {
    it('are those that are listened on, with who does, and those that rules translate', () => {
      const answer = runScript(shell, HELD_PORTS.script, {
        under: ['unshare', '-n', '-m', '-p', '-f', '--kill-child'],
        before: BEFORE,
      });
      expect(answer).toMatchObject({ code: 0, stderr: '' });
      const { ports } = HELD_PORTS.parse(answer);
      expect(ports.map(({ protocol, port }) => `${port}/${protocol}`)).toEqual(
        expect.arrayContaining(['8080/tcp', '8081/tcp', '5353/udp', '9090/tcp']),
      );
      expect(ports.find(({ port }) => port === 8080)?.holder).toMatch(/^perl/);
      expect(ports.find(({ port }) => port === 9090)?.holder).toBeUndefined();
    });
  });
});
