# Sends one UDP datagram to the discard port and one echo request to each address in the arguments.
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
for (@ARGV) {
    my $six = /:/;
    my $to = sub {
        return pack_sockaddr_in6($_[0], inet_pton(AF_INET6, $_)) if $six;
        return pack_sockaddr_in($_[0], inet_aton($_));
    };
    socket(my $udp, $six ? AF_INET6 : AF_INET, SOCK_DGRAM, 0) or next;
    send($udp, "bridgehead", 0, $to->(9));
    socket(my $icmp, $six ? AF_INET6 : AF_INET, SOCK_RAW, $six ? 58 : 1) or next;
    my @echo = ($six ? 128 : 8, 0, 0, $$ & 0xffff, 1);
    my $sum = unpack("%32n*", pack("CCnnn", @echo) . "bridgehead");
    $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
    $echo[2] = ~$sum & 0xffff;
    send($icmp, pack("CCnnn", @echo) . "bridgehead", 0, $to->(0));
}
