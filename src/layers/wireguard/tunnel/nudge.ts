/**
 * POSIX sh that defines `nudge ADDRESS…`: it sends one UDP datagram to the discard port of every overlay address and one echo
 * request, which makes WireGuard shake hands where it must; what is answered shows that the session works.
 */
export const NUDGE = `nudge() {
perl -MSocket=:DEFAULT,inet_pton,pack_sockaddr_in6 -e 'for (@ARGV) {
my $six = /:/;
my $to = sub { $six ? pack_sockaddr_in6($_[0], inet_pton(AF_INET6, $_)) : pack_sockaddr_in($_[0], inet_aton($_)) };
socket(my $udp, $six ? AF_INET6 : AF_INET, SOCK_DGRAM, 0) or next;
send($udp, "bridgehead", 0, $to->(9));
socket(my $icmp, $six ? AF_INET6 : AF_INET, SOCK_RAW, $six ? 58 : 1) or next;
my @echo = ($six ? 128 : 8, 0, 0, $$ & 0xffff, 1);
my $sum = unpack("%32n*", pack("CCnnn", @echo) . "bridgehead");
$sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
$echo[2] = ~$sum & 0xffff;
send($icmp, pack("CCnnn", @echo) . "bridgehead", 0, $to->(0));
}' -- "$@" 2>/dev/null && return
started=0
for address in "$@"; do
ping -c 1 -W 1 "$address" >/dev/null 2>&1 &
started=$((started + 1))
[ $((started % 32)) != 0 ] || wait
done
wait
}
`;
