# Classic BPF, so that a busy node's other traffic never reaches this process. Sequence numbers begin with the
# sender's mark, which survives every NAT; datagrams begin with "brid". `x` is where TCP's or UDP's header is.

sub attach {
    my ($socket, @program) = @_;
    my $filter = join '', map { pack 'SCCL', @$_ } @program;
    setsockopt($socket, SOL_SOCKET, 26, pack('S x![P] P', scalar @program, $filter));
    setsockopt($socket, SOL_SOCKET, SO_RCVBUF, 4 << 20);
}

sub attach_nothing { my ($socket) = @_; attach($socket, [0x06, 0, 0, 0]) }

# The field at that place of the header holds one of the marks; otherwise on to the next instruction.
sub has_mark {
    my ($field, $first, $last) = @_;
    return [0x48, 0, 0, $field], [0x35, 0, 2, $first], [0x25, 1, 0, $last], [0x06, 0, 0, 65535];
}

# A probe by its sequence number, its answer by the number that it acknowledges.
sub tcp_filter {
    my (@marks) = @_;
    return has_mark(4, @marks), has_mark(8, @marks), [0x06, 0, 0, 0];
}

# Ours, and whatever comes to this port.
sub udp_filter {
    my ($port) = @_;
    return [0x48, 0, 0, 2], [0x15, 0, 1, $port], [0x06, 0, 0, 65535],
        [0x40, 0, 0, 8], [0x15, 0, 1, 0x62726964], [0x06, 0, 0, 65535], [0x06, 0, 0, 0];
}

# Of a raw socket: IPv4's packets come with their header.
sub copy_filter {
    my ($family, @rest) = @_;
    return ($family == AF_INET6 ? [0x01, 0, 0, 0] : [0xb1, 0, 0, 0]), @rest;
}

# Of a packet socket: both families, and all ICMP.
sub packet_filter {
    my ($port, @marks) = @_;
    my @tcp = tcp_filter(@marks);
    my @udp = udp_filter($port);
    my $accept = @tcp + @udp;
    return [0x30, 0, 0, 0], [0x74, 0, 0, 4], [0x15, 0, 3, 4],
        [0xb1, 0, 0, 0], [0x30, 0, 0, 9], [0x05, 0, 0, 2],
        [0x01, 0, 0, 40], [0x30, 0, 0, 6],
        [0x15, 4, 0, 6], [0x15, 3 + @tcp, 0, 17], [0x15, 2 + $accept, 0, 1], [0x15, 1 + $accept, 0, 58],
        [0x06, 0, 0, 0], @tcp, @udp, [0x06, 0, 0, 65535];
}
