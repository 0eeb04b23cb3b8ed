# Sends each address one echo request as large as the interface lets through, Don't Fragment set. Where that
# stays unanswered, a small one shows whether the peer is there and how far away, and eight sizes at a time,
# spread over what is still unknown, narrow it down to the byte: three rounds for 1420 bytes, all peers at
# once.
#
# A raw socket also gets a copy of each request that comes in: what is heard here proves the way here,
# whatever becomes of the answer. Prints `whole N SIZE MS`, `narrow N SIZE TRIED` or `lost N REASON` for the
# address numbered N, and `heard ADDRESS SIZE`.

my $token = datum('token');
my $start = now();
my $patience = datum('patience');
my $deadline = $start + $patience;
my $small = datum('small');
my (%sockets, %size, %heard, @targets);
my $id = $$ & 0xffff;
for (data('interface')) {
    my ($name) = @$_;
    my $mtu;
    if (open(my $file, '<', "/sys/class/net/$name/mtu")) { $mtu = <$file>; chomp $mtu }
    $size{$name} = $mtu;
    print "mtu $name ", $mtu || 'absent', "\n";
}

sub socket_of {
    my ($family) = @_;
    return $sockets{$family} if exists $sockets{$family};
    my $six = $family == AF_INET6;
    socket($sockets{$family}, $family, SOCK_RAW, $six ? 58 : IPPROTO_ICMP)
        or return $sockets{$family} = undef;
    # Don't Fragment, and never mind what the kernel remembers of the path (PMTUDISC_PROBE).
    setsockopt($sockets{$family}, $six ? IPPROTO_IPV6 : 0, $six ? 23 : 10, pack('i', 3));
    setsockopt($sockets{$family}, SOL_SOCKET, SO_RCVBUF, 1 << 20);
    return $sockets{$family};
}

for (data('path')) {
    my ($interface, $address) = @$_;
    my $family = family($address);
    my $target = {
        number => scalar @targets,
        family => $family,
        address => $address,
        to => to_socket($address, 0),
        full => $size{$interface} || 0,
        low => 0,
        error => '',
        at => {},
        next => $start,
        delay => 0.1,
    };
    $target->{low_limit} = $small < $target->{full} ? $small : $target->{full};
    $target->{high} = $target->{full} + 1;
    $target->{sizes} = [$target->{full}];
    push @targets, $target;
    if (!$size{$interface}) { $target->{error} = "no interface $interface"; $target->{done} = 1 }
    elsif (!socket_of($family)) { $target->{error} = "raw socket: $!"; $target->{done} = 1 }
}
socket_of(family($_->[0])) for data('own');

sub request {
    my ($target, $bytes) = @_;
    my $six = $target->{family} == AF_INET6;
    my $type = $six ? 128 : 8;
    my $payload = "bridgehead $token $target->{number} $bytes ";
    $payload .= 'x' x ($bytes - ($six ? 48 : 28) - length $payload);
    my $packet = pack('CCnnn', $type, 0, 0, $id, $target->{number} & 0xffff) . $payload;
    substr($packet, 2, 2) = pack('n', checksum($packet)) if !$six;
    my $time = now();
    $target->{at}{$bytes} ||= $time;
    my $sent = send($sockets{$target->{family}}, $packet, 0, $target->{to});
    # EMSGSIZE: too large for the interface itself.
    $target->{error} = $sent || $! == 90 ? '' : "$!";
}

sub take {
    my ($family) = @_;
    my $from = recv($sockets{$family}, my $packet, 65536, 0) or return;
    my ($address) = from_socket($from);
    my $six = $family == AF_INET6;
    my $headers = $six ? 0 : 4 * (ord($packet) & 15);
    return if length($packet) < $headers + 8;
    my $type = ord(substr($packet, $headers, 1));
    my $bytes = length($packet) + ($six ? 40 : 0);
    my $begin = substr($packet, $headers + 8, 80);
    my ($number, $sent) = $begin =~ /^bridgehead \Q$token\E (\d+) (\d+) / or return;
    return if $sent != $bytes;
    if ($type == ($six ? 128 : 8)) {
        $heard{$address} = $bytes if $bytes > ($heard{$address} || 0);
        return;
    }
    return if $type != ($six ? 129 : 0);
    my $target = $targets[$number];
    return if !$target || $target->{family} != $family || !$target->{at}{$bytes};
    return if !same_address($address, $target->{address});
    my $took = now() - $target->{at}{$bytes};
    $target->{rtt} = $took if !defined $target->{rtt} || $took < $target->{rtt};
    $target->{next} = now() if !$target->{low};
    $target->{low} = $bytes if $bytes > $target->{low};
    $target->{done} = 1 if $target->{low} >= $target->{full};
}

# What to send now, if anything, and when to look again.
sub step {
    my ($target, $time) = @_;
    return if $target->{done} || $time < $target->{next};
    if (!$target->{low}) {
        # Nothing is known yet: the full size and, from the second time on, the small one.
        my @sizes = $target->{tries}++ ? ($target->{full}, $target->{low_limit}) : ($target->{full});
        request($target, $_) for @sizes;
        $target->{next} = $time + $target->{delay};
        $target->{delay} *= 1.5 if $target->{delay} < 1;
        return;
    }
    if (!$target->{round} || $time >= $target->{until}) {
        if ($target->{round}) {
            my ($lost) = sort { $a <=> $b } grep { $_ > $target->{low} } @{$target->{sizes}};
            $target->{high} = $lost if defined $lost;
        }
        # The first round tries the full size alone once more: one packet may have been lost.
        my $room = $target->{high} - $target->{low} - 1;
        if ($room < 1) { $target->{done} = 1; return }
        my $parts = $room < 8 ? $room : 8;
        $target->{sizes} = $target->{round}++
            ? [map { $target->{low} + int(($room + 1) * $_ / ($parts + 1)) } 1 .. $parts]
            : [$target->{full}];
        $target->{until} = $time + 0.4 + 2 * $target->{rtt};
        $target->{again} = 0.1 + $target->{rtt} / 2;
    }
    request($target, $_) for grep { $_ > $target->{low} } @{$target->{sizes}};
    $target->{next} = $time + $target->{again};
    $target->{next} = $target->{until} if $target->{until} < $target->{next};
}

while (my @left = grep { !$_->{done} } @targets) {
    my $time = now();
    # Once it answers, a peer is asked until its size is known.
    my @narrowing = grep { $_->{low} && $time < $deadline + 5 } @left;
    last if $time >= $deadline && $time > $start + 1 && !@narrowing;
    my $next = $time + 1;
    for my $target (@left) {
        step($target, $time);
        $next = $target->{next} if !$target->{done} && $target->{next} < $next;
    }
    my %ready = map { $_ => 1 } readable($next - now(), grep { defined } values %sockets);
    for my $family (keys %sockets) { take($family) if defined $sockets{$family} && $ready{$sockets{$family}} }
}
for my $target (@targets) {
    my $number = $target->{number};
    $unwell ||= !$target->{low} || $target->{low} < $target->{full};
    if ($target->{low} && $target->{low} >= $target->{full}) {
        printf "whole %d %d %.1f\n", $number, $target->{low}, 1000 * $target->{rtt};
    }
    elsif ($target->{low}) { printf "narrow %d %d %d\n", $number, $target->{low}, $target->{high} }
    else { printf "lost %d %s\n", $number, $target->{error} || 'silence' }
}
print "heard $_ $heard{$_}\n" for sort keys %heard;
