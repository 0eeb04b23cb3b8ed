# The sockets of one family: one sends datagrams, one sends SYNs, and two get copies of the TCP and UDP that
# has passed the firewall. There are none of IPv6 if the kernel has none.
sub open_sockets {
    my ($family, $port, @marks) = @_;
    my ($udp, $syn, $tcp_copy, $udp_copy);
    if (!socket($udp, $family, SOCK_DGRAM, 0)) { $family == AF_INET6 ? return : die "socket: $!\n" }
    # Their port is the same, so one filter finds the answers of both families.
    setsockopt($udp, IPPROTO_IPV6, 26, pack('i', 1)) if $family == AF_INET6;
    my $any = $family == AF_INET6 ? '::' : '0.0.0.0';
    bind($udp, to_socket($any, $port)) or bind($udp, to_socket($any, 0)) or die "bind: $!\n";
    for ([\$syn, IPPROTO_TCP], [\$tcp_copy, IPPROTO_TCP], [\$udp_copy, IPPROTO_UDP]) {
        socket(${$_->[0]}, $family, SOCK_RAW, $_->[1]) or die "raw socket: $!\n";
    }
    attach_nothing($syn);
    setsockopt($syn, IPPROTO_IPV6, 7, pack('i', 16)) if $family == AF_INET6;
    attach($tcp_copy, copy_filter($family, tcp_filter(@marks)));
    attach($udp_copy, copy_filter($family, udp_filter(0)));
    return ($udp, $syn, $tcp_copy, $udp_copy);
}
