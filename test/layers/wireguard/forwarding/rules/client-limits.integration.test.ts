import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardingRuleset } from '../../../../../src/layers/wireguard/forwarding/table.js';
import type { Client, Inventory } from '../../../../../src/model/inventory.js';
import { phoneHome } from '../../../../fixtures/phone-home-inventory.js';
import { canMount } from '../../../../support/can-mount.js';

const tcp = (port: number) => ({ protocol: 'tcp', port }) as const;

async function hubRules(reach: Client['reach']): Promise<string> {
  const addresses = ['10.8.0.2', 'fd42:8::2'];
  const { inventory, network } = await phoneHome(
    { ranges: ['10.8.0.0/24', 'fd42:8::/64'] },
    { addresses, reach },
  );
  const members = network.members.map((member) =>
    member.node === 'vps' ? { ...member, addresses: ['10.8.0.1', 'fd42:8::1'] } : member,
  );
  const dual: Inventory = { ...inventory, networks: [{ ...network, members }] };
  return forwardingRuleset(dual, { ...network, members }, 'vps');
}

/** A hub whose `wg0` is a wire to the phone; it answers on 3000, 3001 and UDP 53, and publishes 3001 as 8080 and 8081 too. The phone still has its addresses of another range, 10.7.0.2 and fd42:7::2, and the hub answers there. */
const WIRE = `set -eu
server=
unshare -n sh -c 'echo >"$0"; exec sleep 60' "$1.phone" & phone=$!
trap 'kill $phone $server' EXIT
until [ -s "$1.phone" ]; do sleep 0.1; done
ip link add wg0 type veth peer name eth0 netns $phone
on_phone() { nsenter -t $phone -n "$@"; }
ip link set lo up
ip link set wg0 up
ip address add 10.8.0.1/24 dev wg0
ip address add fd42:8::1/64 dev wg0 nodad
on_phone ip link set eth0 up
on_phone ip address add 10.8.0.2/24 dev eth0
on_phone ip address add fd42:8::2/64 dev eth0 nodad
ip address add 10.7.0.1/24 dev wg0
ip address add fd42:7::1/64 dev wg0 nodad
on_phone ip address add 10.7.0.2/24 dev eth0
on_phone ip address add fd42:7::2/64 dev eth0 nodad
nft -f "$1"
nft 'table inet docker { chain pre { type nat hook prerouting priority dstnat; tcp dport { 8080, 8081 } redirect to :3001; }; }'
perl -MIO::Socket::IP -e '
  my @tcp = map { IO::Socket::IP->new(LocalHost => "::", V6Only => 0, LocalPort => $_, Listen => 5) or die $@ } 3000, 3001;
  my $udp = IO::Socket::IP->new(LocalHost => "::", V6Only => 0, LocalPort => 53, Proto => "udp") or die $@;
  print "ready\\n"; close STDOUT;
  my $all = ""; vec($all, fileno $_, 1) = 1 for @tcp, $udp;
  while (select(my $some = $all, undef, undef, undef)) {
    vec($some, fileno $_, 1) and close $_->accept for @tcp;
    vec($some, fileno $udp, 1) and $udp->recv(my $asked, 9) // 1 and $udp->send("answer");
  }' >"$1.ready" & server=$!
until [ -s "$1.ready" ]; do sleep 0.1; done
while read -r protocol host port; do
  on_phone perl -MIO::Socket::IP -MIO::Select -e '
    my ($protocol, $host, $port) = @ARGV;
    my $socket = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Proto => $protocol, Timeout => 1);
    my $open = $socket && ($protocol eq "tcp" || ($socket->send("ask") && IO::Select->new($socket)->can_read(1)));
    print "$protocol $host $port ", $open ? "open" : "closed", "\\n"' $protocol $host $port
done
`;

const inNamespace = canMount ? it : it.skip;

function tried(rules: string, ...asked: readonly string[]): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'limits-')), 'wg0.nft');
  writeFileSync(file, rules);
  const input = asked.map((one) => `${one}\n`).join('');
  const { stdout, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', WIRE, 'sh', file], {
    encoding: 'utf8',
    input,
    timeout: 60_000,
  });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe('a client that may reach single ports of its hub', () => {
  inNamespace('connects to those and to no other, by the port that it asks for', async () => {
    const rules = await hubRules([
      { kind: 'node', node: 'vps', service: tcp(3000) },
      { kind: 'range', range: '10.8.0.0/24', service: tcp(8080) },
      { kind: 'node', node: 'vps', service: { protocol: 'udp', port: 53 } },
    ]);
    expect(
      tried(
        rules,
        'tcp 10.8.0.1 3000',
        'tcp 10.8.0.1 3001',
        'tcp 10.8.0.1 8080',
        'tcp 10.8.0.1 8081',
        'udp 10.8.0.1 53',
        'tcp fd42:8::1 3000',
        'tcp fd42:8::1 8080',
        'udp fd42:8::1 53',
      ),
    ).toEqual([
      'tcp 10.8.0.1 3000 open',
      'tcp 10.8.0.1 3001 closed',
      'tcp 10.8.0.1 8080 open',
      'tcp 10.8.0.1 8081 closed',
      'udp 10.8.0.1 53 open',
      'tcp fd42:8::1 3000 open',
      'tcp fd42:8::1 8080 closed',
      'udp fd42:8::1 53 open',
    ]);
  });

  inNamespace(
    'connects to nothing from an address that it had before the network was renumbered',
    async () => {
      const rules = await hubRules([{ kind: 'overlay' }]);
      expect(tried(rules, 'tcp 10.8.0.1 3000', 'tcp 10.7.0.1 3000', 'tcp fd42:7::1 3000')).toEqual([
        'tcp 10.8.0.1 3000 open',
        'tcp 10.7.0.1 3000 closed',
        'tcp fd42:7::1 3000 closed',
      ]);
    },
  );

  inNamespace(
    'has rules that nft reads back from its own listing, as the guard that keeps them does',
    async () => {
      const file = join(mkdtempSync(join(tmpdir(), 'limits-')), 'wg0.nft');
      writeFileSync(
        file,
        await hubRules([
          { kind: 'node', node: 'vps', service: tcp(3000) },
          { kind: 'node', node: 'vps', service: { protocol: 'udp', port: 53 } },
        ]),
      );
      const readBack = 'nft -f "$1" && nft list ruleset >"$1.kept" && nft -c -f "$1.kept"';
      const { status, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', readBack, 'sh', file], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  inNamespace(
    'reaches everything of a node that it may reach completely, whatever else it names',
    async () => {
      const rules = await hubRules([
        { kind: 'range', range: '10.8.0.1/32' },
        { kind: 'range', range: '192.168.1.100/32', service: tcp(3000) },
      ]);
      expect(tried(rules, 'tcp 10.8.0.1 3001', 'tcp fd42:8::1 3000')).toEqual([
        'tcp 10.8.0.1 3001 open',
        'tcp fd42:8::1 3000 closed',
      ]);
    },
  );
});
