import type { Network } from '../model/inventory.js';
import { command } from '../remote/quote.js';
import { type Ipv6Data, ipv6Lines, type PacketProgram, type PacketTiming } from './program.js';

/**
 * One process that pings every address at once, and again those that didn't answer, with growing delays until the deadline.
 * It ends with the last answer. Prints `pong N SENT MS` or `lost N SENT REASON` for the address numbered N.
 */
const CODE = String.raw`my $token = datum('token');
my $start = now();
my $deadline = $start + datum('patience');
my (%sockets, @targets);
my @ping = data('ping');
for my $number (0 .. $#ping) {
    my $address = $ping[$number][0];
    my $family = family($address);
    if (!exists $sockets{$family}) {
        # ICMP6_FILTER and ICMP_FILTER: echo replies alone, not what others ask here.
        my ($protocol, @filter) = $family == AF_INET6
            ? (58, 58, 1, pack('L8', (0xffffffff) x 4, 0xfffffffd, (0xffffffff) x 3))
            : (1, 255, 1, pack('L', 0xfffffffe));
        socket($sockets{$family}, $family, SOCK_RAW, $protocol) or $family == AF_INET6 ? ($sockets{$family} = undef) : die "raw socket: $!\n";
        setsockopt($sockets{$family}, $filter[0], $filter[1], $filter[2]) if $sockets{$family};
    }
    push @targets, { number => $number, family => $family, to => to_socket($address, 0), address => $address, sent => 0, error => '' };
}
my $id = $$ & 0xffff;
sub request {
    my ($target) = @_;
    if (!$sockets{$target->{family}}) { $target->{error} = 'no IPv6'; return }
    my $payload = "bridgehead $token $target->{number} $target->{sent}";
    my $type = $target->{family} == AF_INET6 ? 128 : 8;
    my $packet = pack('CCnnn', $type, 0, 0, $id, $target->{number} & 0xffff) . $payload;
    $packet = pack('CCnnn', $type, 0, checksum($packet), $id, $target->{number} & 0xffff) . $payload if $type == 8;
    $target->{at}[$target->{sent}++] = now();
    $target->{error} = send($sockets{$target->{family}}, $packet, 0, $target->{to}) ? '' : "$!";
}
sub answer {
    my ($socket) = @_;
    my $from = recv($socket, my $packet, 2048, 0) or return;
    my ($address) = from_socket($from);
    my $headers = index($address, ':') >= 0 ? 0 : 4 * (ord($packet) & 15);
    return if length($packet) < $headers + 8;
    my $type = ord(substr($packet, $headers, 1));
    return if $type != ($headers ? 0 : 129);
    my ($number, $attempt) = substr($packet, $headers + 8) =~ /^bridgehead \Q$token\E (\d+) (\d+)$/ or return;
    my $target = $targets[$number];
    return if !$target || defined $target->{ms} || !same_address($address, $target->{address}) || !$target->{at}[$attempt];
    $target->{ms} = 1000 * (now() - $target->{at}[$attempt]);
}
my $delay = 0.1;
my $next = $start;
while (my @left = grep { !defined $_->{ms} } @targets) {
    my $time = now();
    if ($time >= $next) {
        last if $time >= $deadline && $time > $start + 1;
        for my $target (@left) { request($target); answer($_) for readable(0, grep { defined } values %sockets) }
        $next = now() + $delay;
        $delay *= 1.5 if $delay < 1;
    }
    answer($_) for readable($next - now(), grep { defined } values %sockets);
}
for my $target (@targets) {
    if (defined $target->{ms}) { printf "pong %d %d %.1f\n", $target->{number}, $target->{sent}, $target->{ms} }
    else { $unwell = 1; printf "lost %d %d %s\n", $target->{number}, $target->{sent}, $target->{error} || 'silence' }
}
`;

/** Where there is no perl: `ping` itself, 32 at a time, round after round. */
function plainPing(addresses: readonly string[], patience: number): string {
  return `left=${command(addresses.map((address, number) => `${number}=${address}`).join(' '))}
sent=0
until=$(( $(date +%s) + ${Math.max(1, Math.ceil(patience))} ))
while [ -n "$left" ]; do
sent=$((sent + 1))
pongs=$(
n=0
for target in $left; do
( ping -c 1 -W 1 "\${target#*=}" >/dev/null 2>&1 && echo "pong \${target%%=*} $sent 0" ) &
n=$((n + 1))
[ $((n % 32)) = 0 ] && wait
done
wait
)
still=
for target in $left; do
case "
$pongs" in *"
pong \${target%%=*} "*) ;; *) still="$still $target" ;; esac
done
[ -n "$pongs" ] && echo "$pongs"
left=$still
[ "$(date +%s)" -ge "$until" ] && break
[ -n "$left" ] && sleep 1
done
for target in $left; do echo "lost \${target%%=*} $sent silence"; done`;
}

export interface PingTarget {
  readonly network: Network;
  readonly peer: string;
  readonly address: string;
}

export interface PingData extends Ipv6Data {
  readonly targets: readonly PingTarget[];
}

/** Probe: echo requests to every address at once until all have answered or `patience` seconds are over, one second at least. */
export function pingProgram({ targets, ipv6 }: PingData, { patience, token }: PacketTiming): PacketProgram {
  return {
    code: CODE,
    data: [
      ['token', token],
      ['patience', patience],
      ...ipv6Lines(ipv6),
      ...targets.map(({ address }) => ['ping', address]),
    ],
    without: plainPing(
      targets.map(({ address }) => address),
      patience,
    ),
  };
}
