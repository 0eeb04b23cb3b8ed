# Sends each port of other nodes a packet, and sees what becomes of the others' packets here; docs/gates.md
# has the protocol.
#
# A probe is one SYN or one datagram. No connection is made: the kernel resets what a SYN opens, since it has
# no socket for it. A packet socket sees all that comes to the machine, before its firewall, and all that
# leaves it; a raw socket gets a copy of what has passed the firewall, whether anybody listens on the port.

my ($token, $self, $mark, $control) = map { datum($_) } qw(token self mark control);
my ($first, $count) = @{(data('marks'))[0]};
my $start = now();
my $deadline = deadline();
my %sender = map { $_->[0] => $_->[1] } data('sender');
my %expected = map { $_->[0] => 1 } data('expect');
my (%peer, %udp, %syn, %raw, %port, %seen, %bound, @before, @sends);

my @marks = ($first, $first + $count - 1);
my $own_port = 0;
for my $family (AF_INET, AF_INET6) {
    my ($udp, $syn, $tcp_copy, $udp_copy) = open_sockets($family, $own_port, @marks) or next;
    $port{$family} = (from_socket(getsockname $udp))[1];
    $own_port ||= $port{$family};
    ($udp{$family}, $syn{$family}) = ($udp, $syn);
    $raw{fileno $tcp_copy} = [$tcp_copy, $family, IPPROTO_TCP];
    $raw{fileno $udp_copy} = [$udp_copy, $family, IPPROTO_UDP];
}
socket(my $packets, 17, SOCK_DGRAM, unpack('S', pack('n', 3))) or die "packet socket: $!\n";
attach($packets, packet_filter($own_port, @marks));

# One that can't be called, since only a forward leads to it, calls itself.
sub peer_of {
    my ($name) = @_;
    return $peer{$name} ||= { name => $name, calls => [], sends => [], next => 0 };
}
peer_of($_) for keys %expected;
push @{peer_of($_->[0])->{calls}}, $_->[1] for data('call');
for (data('send')) {
    my ($name, $protocol, $address, $port, $must) = @$_;
    my $send = {
        index => scalar @sends, protocol => $protocol, address => $address, port => $port, must => $must,
        family => family($address), times => 0, outcome => '',
    };
    push @sends, $send;
    push @{peer_of($name)->{sends}}, $send;
}
my %asked = map { inet_pton($_->{family}, $_->{address}) . pack('n', $_->{port}) => $_ }
    grep { $_->{protocol} eq 'udp' } @sends;

sub probe {
    my ($send) = @_;
    my ($family, $address, $to) = @$send{qw(family address port)};
    $send->{times}++;
    my $sent;
    if (!$udp{$family}) { $send->{error} = 'no IPv6 on this node'; return }
    if ($send->{protocol} eq 'udp') {
        my $text = "bridgehead $token knock $self $send->{index}";
        $sent = send($udp{$family}, $text, 0, to_socket($address, $to));
    }
    elsif (defined($send->{source} //= source_for($address, $to))) {
        my $sequence = $mark << 16 | $send->{index};
        my $syn = syn_packet($family, $send->{source}, $address, $port{$family}, $to, $sequence);
        $sent = send($syn{$family}, $syn, 0, to_socket($address, 0));
    }
    $send->{error} = defined $sent ? '' : "$!";
}

sub call {
    my ($name, $state) = @_;
    for my $address (@{$peer{$name}{calls}}) {
        my $socket = $udp{family($address)} or next;
        send($socket, "bridgehead $token here $self $name $state", 0, to_socket($address, $control));
    }
}

# From the address and port that were called, so that it passes every NAT on its way back.
sub answer_call {
    my ($family, $local, $remote, $remote_port, $text) = @_;
    if (!exists $bound{$local}) {
        socket(my $socket, $family, SOCK_RAW, IPPROTO_UDP) or return;
        attach_nothing($socket);
        setsockopt($socket, IPPROTO_IPV6, 7, pack('i', 6)) if $family == AF_INET6;
        $bound{$local} = bind($socket, to_socket($local, 0)) ? $socket : undef;
    }
    my $socket = $bound{$local} or return;
    my $answer = udp_packet($family, $local, $remote, $control, $remote_port, $text);
    send($socket, $answer, 0, to_socket($remote, 0));
}

my $state = 'ready';
sub heard_call {
    my ($ip, $from_port, $to_port, $text) = @_;
    my ($name, $meant, $said) = $text =~ /^bridgehead \Q$token\E here (\S+) (\S+) (\S+)$/ or return 0;
    my $peer = $peer{$name};
    return 1 if !$peer || $meant ne $self;
    $peer->{done} = 1 if $said eq 'done';
    # Once for each thing that it doesn't know yet.
    if ($to_port == $control && ($peer->{answered} // '') ne $state) {
        $peer->{answered} = $state;
        answer_call(@$ip{qw(family to from)}, $from_port, "bridgehead $token here $self $name $state");
    }
    $peer->{here} ||= now();
    return 1;
}

sub outcome { my ($send, $outcome) = @_; $send->{outcome} ||= $outcome }

sub refused {
    my ($ip, $body) = @_;
    my ($error, $quoted, $from_port, $to_port, $sequence) = icmp_error($ip->{family}, $body) or return;
    my $send = $quoted->{protocol} == IPPROTO_TCP
        ? ($sequence >> 16 == $mark ? $sends[$sequence & 0xffff] : undef)
        : $from_port == ($port{$ip->{family}} // 0)
            ? $asked{inet_pton($ip->{family}, $quoted->{to}) . pack('n', $to_port)} : undef;
    outcome($send, "icmp $error $ip->{from}") if $send;
}

# The sender's name and the number of its probe, if this is one.
sub knock {
    my ($protocol, $body) = @_;
    if ($protocol == IPPROTO_TCP) {
        my $sequence = syn_sequence($body) // return;
        my $name = $sender{$sequence >> 16} // return;
        return ($name, $sequence & 0xffff);
    }
    return substr($body, 8) =~ /^bridgehead \Q$token\E knock (\S+) (\d+)$/;
}

sub sighted {
    my ($way, $ip, $body, $device) = @_;
    my ($name, $index) = knock($ip->{protocol}, $body) or return 0;
    return 1 if $name eq $self || keys %seen > 20000;
    my ($from_port, $to_port) = unpack('nn', $body);
    my $at = $way eq 'in' ? $ip->{from} : $ip->{to};
    $seen{"$name $index"}{$way} = "$device $at $to_port";
    return 1;
}

sub take_packet {
    my $from = recv($packets, my $packet, 2048, 0) // return;
    my ($index, $kind) = unpack('x4 i x2 C', $from);
    my $ip = headers($packet) or return;
    my $body = substr($packet, $ip->{length});
    return if length $body < 8;
    if ($kind == 4) { sighted('out', $ip, $body, device_of($packets, $index)); return }
    return if $kind != 0;
    if ($ip->{protocol} == 1 || $ip->{protocol} == 58) { refused($ip, $body); return }
    return if sighted('in', $ip, $body, device_of($packets, $index));
    my ($from_port, $to_port) = unpack('nn', $body);
    if ($ip->{protocol} == IPPROTO_UDP) {
        return if heard_call($ip, $from_port, $to_port, substr($body, 8));
        my $send = $asked{inet_pton($ip->{family}, $ip->{from}) . pack('n', $from_port)};
        outcome($send, 'answered') if $send && $to_port == ($port{$ip->{family}} // 0);
        return;
    }
    return if length $body < 20;
    my ($answers, $flags) = unpack('x8 N x1 C', $body);
    $answers = ($answers - 1) & 0xffffffff;
    my $send = $answers >> 16 == $mark ? $sends[$answers & 0xffff] : undef;
    return if !$send || !($flags & 0x10);
    outcome($send, 'refused') if $flags & 4;
    outcome($send, 'open') if ($flags & 0x16) == 0x12;
}

sub take_copy {
    my ($socket, $family, $protocol) = @_;
    my $from = recv($socket, my $packet, 2048, 0) // return;
    my $body = $family == AF_INET ? substr($packet, 4 * (ord($packet) & 15)) : $packet;
    return if length $body < 8;
    my ($name, $index) = knock($protocol, $body) or return;
    return if $name eq $self;
    $seen{"$name $index"}{passed} = unpack('x2 n', $body);
}

sub listen_for {
    my ($wait) = @_;
    my $until = now() + $wait;
    do {
        for my $socket (readable($until - now(), $packets, map { $_->[0] } values %raw)) {
            if ($socket == $packets) { take_packet() }
            else { take_copy(@{$raw{fileno $socket}}) }
        }
    } while now() < $until;
}

my $traces = datum('trace');
if ($traces) { @before = rules(); begin_trace(@marks, $control) }

my $late = $start + ($deadline - $start) * 0.4;
my $next_call = $start;
my $delay = 0.05;
my $finished;
# How long a round's answers are waited for, and how often a probe without one is sent.
my ($round, $tries, $most) = (0.25, 2, 4);
while (1) {
    my $time = now();
    last if $time >= $deadline;
    if ($time >= $next_call) {
        for (grep { !$_->{done} || $state eq 'done' && !$_->{finished} } values %peer) {
            call($_->{name}, $state);
            $_->{finished} = 1 if $_->{done} && $state eq 'done';
        }
        $next_call = $time + $delay;
        $delay *= 1.5 if $delay < 0.4;
    }
    my $left = 0;
    for my $peer (values %peer) {
        next if !@{$peer->{sends}};
        my $is_here = $peer->{here};
        $left++, next if !$is_here && $time < $late;
        my @open = grep {
            !$_->{outcome} && !$_->{error} && $_->{times} < ($_->{must} || !$is_here ? $most : $tries)
        } @{$peer->{sends}};
        $left++ if @open || $time < $peer->{next};
        next if !@open || $time < $peer->{next};
        for my $number (0 .. $#open) {
            probe($open[$number]);
            listen_for(0) if $number % 8 == 7;
        }
        $peer->{next} = now() + $round;
    }
    if (!$left && $state ne 'done') {
        $state = 'done';
        call($_, $state) for keys %peer;
    }
    if ($state eq 'done' && !grep { !$peer{$_}{done} } keys %expected) {
        $finished ||= $time;
        last if $time >= $finished + 0.15;
    }
    listen_for(0.02);
}
$unwell = !$finished && grep { !$_->{here} } values %peer;
call($_, 'done') for keys %peer;
my @dropped = $traces ? end_trace() : ();
printf "probes %d\n", scalar @sends;
for my $send (@sends) {
    my $outcome = $send->{outcome} || $send->{error} || 'silence';
    printf "sent %d %d %s\n", @$send{qw(index times)}, $outcome;
}
print "here $_\n" for grep { $peer{$_}{here} } sort keys %peer;
for my $key (sort keys %seen) {
    my ($in, $passed, $out) = map { $seen{$key}{$_} } qw(in passed out);
    print join(' ', 'seen', $key, $in // '- - -', $passed // '-', $out // '- - -'), "\n";
}
if (keys %expected || keys %seen) {
    print map { "was $_" } @before;
    print rules();
    print "trace $_\n" for @dropped;
}
