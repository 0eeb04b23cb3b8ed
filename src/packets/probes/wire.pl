# Packets as they are on the wire.

sub pseudo_header {
    my ($family, $from, $to, $protocol, $size) = @_;
    return inet_pton($family, $from) . inet_pton($family, $to) . pack('CCn', 0, $protocol, $size);
}

# A SYN with the largest segment that it takes, as every system sends one. The kernel adds IPv6's checksum.
sub syn_packet {
    my ($family, $from, $to, $from_port, $to_port, $sequence) = @_;
    my @fields = ($from_port, $to_port, $sequence, 0, 0x60, 2, 64240);
    my $options = pack('CCn', 2, 4, $family == AF_INET6 ? 1220 : 1460);
    my $sum = 0;
    if ($family == AF_INET) {
        my $unsummed = pack('nnNNCCnnn', @fields, 0, 0) . $options;
        $sum = checksum(pseudo_header($family, $from, $to, IPPROTO_TCP, 24) . $unsummed);
    }
    return pack('nnNNCCnnn', @fields, $sum, 0) . $options;
}

sub udp_packet {
    my ($family, $from, $to, $from_port, $to_port, $text) = @_;
    my $size = 8 + length $text;
    my $sum = 0;
    if ($family == AF_INET) {
        my $unsummed = pack('nnnn', $from_port, $to_port, $size, 0) . $text;
        $sum = checksum(pseudo_header($family, $from, $to, IPPROTO_UDP, $size) . $unsummed) || 0xffff;
    }
    return pack('nnnn', $from_port, $to_port, $size, $sum) . $text;
}

# What a packet's first header says; undef if it is neither IPv4 nor IPv6.
sub headers {
    my ($packet) = @_;
    my $version = length $packet ? ord($packet) >> 4 : 0;
    my $address = sub {
        my ($family, $at, $size) = @_;
        return inet_ntop($family, substr $packet, $at, $size);
    };
    if ($version == 4 && length $packet >= 20) {
        return {
            family => AF_INET, length => 4 * (ord($packet) & 15), protocol => ord(substr $packet, 9, 1),
            from => $address->(AF_INET, 12, 4), to => $address->(AF_INET, 16, 4),
        };
    }
    return if $version != 6 || length $packet < 40;
    return {
        family => AF_INET6, length => 40, protocol => ord(substr $packet, 6, 1),
        from => $address->(AF_INET6, 8, 16), to => $address->(AF_INET6, 24, 16),
    };
}

# The sequence number of a SYN; undef for any other packet.
sub syn_sequence {
    my ($body) = @_;
    return undef if length $body < 20;
    my ($sequence, $flags) = unpack('x4 N x5 C', $body);
    return ($flags & 0x17) == 2 ? $sequence : undef;
}

# What an ICMP error is about is at its end: the header of the packet that it refuses. Its type and code, that
# header, and the packet's ports and sequence number.
sub icmp_error {
    my ($family, $body) = @_;
    my ($type, $code) = unpack('CC', $body);
    my $is_error = $family == AF_INET ? $type == 3 || $type == 11 : $type == 1 || $type == 3;
    return if !$is_error;
    my $inner = substr($body, 8);
    my $quoted = headers($inner) or return;
    my $rest = substr($inner, $quoted->{length});
    return if length($rest) < 8;
    return ("$type $code", $quoted, unpack('nnN', $rest));
}

# The kernel's choice of a source; nothing is sent.
sub source_for {
    my ($address, $port) = @_;
    socket(my $socket, family($address), SOCK_DGRAM, 0) or return;
    connect($socket, to_socket($address, $port)) or return;
    return (from_socket(getsockname $socket))[0];
}

# The name of the interface with that index.
my %device;
sub device_of {
    my ($socket, $index) = @_;
    if (!$device{$index}) {
        my $request = pack('x16 i x20', $index);
        $device{$index} = ioctl($socket, 0x8910, $request) ? unpack('Z16', $request) : "if$index";
    }
    return $device{$index};
}
