# Both sides of the endpoint proof in one process; docs/gates/endpoints.md has the protocol.
#
# Raw sockets get a copy of every UDP datagram that passed the node's input filter, whoever owns the port. A
# datagram of this run is answered from the very port it came to, so that the answer goes back through every
# NAT on the way.

# The sh that prints the machine's firewall.
our $read_rules;
my ($token, $self) = (datum('token'), datum('self'));
my $start = now();
my $deadline = deadline();
my %port = map { $_->[0] => $_->[1] } data('port');
my %expected = map { ("$_->[0] $_->[1]" => 1) } data('expect');
my (@sends, %send, %heard, %stray, %raw, %udp, %bound);
my $finished = 0;

# Lets only datagrams through whose payload begins with "brid": a busy node's other traffic never reaches this
# process.
sub only_ours {
    my ($socket, $family) = @_;
    my @load = $family == AF_INET6 ? ([0x20, 0, 0, 8]) : ([0xb1, 0, 0, 0], [0x40, 0, 0, 8]);
    my @judge = ([0x15, 0, 1, 0x62726964], [0x06, 0, 0, 65535], [0x06, 0, 0, 0]);
    my $filter = join '', map { pack 'SCCL', @$_ } @load, @judge;
    setsockopt($socket, SOL_SOCKET, 26, pack('S x![P] P', length($filter) / 8, $filter));
}

for my $family (AF_INET, AF_INET6) {
    my $udp;
    socket(my $raw, $family, SOCK_RAW, IPPROTO_UDP) or $family == AF_INET6 ? next : die "raw socket: $!\n";
    socket($udp, $family, SOCK_DGRAM, 0) or $family == AF_INET6 ? next : die "socket: $!\n";
    only_ours($raw, $family);
    ($raw{$family}, $udp{$family}) = ($raw, $udp);
}
for (data('send')) {
    my ($network, $peer, $address, $port) = @$_;
    my $send = {
        key => "$network $peer",
        family => family($address),
        to => to_socket($address, $port),
        times => 0,
        text => "bridgehead $token ask $network $self $peer $address",
        error => '',
    };
    push @sends, $send;
    $send{$send->{key}} = $send;
}

sub ask {
    my ($send) = @_;
    $send->{times}++;
    my $socket = $udp{$send->{family}};
    if (!$socket) { $send->{error} = 'no IPv6 on this node' }
    else { $send->{error} = send($socket, $send->{text}, 0, $send->{to}) ? '' : "$!" }
}

sub reply {
    my ($family, $local, $from_port, $remote, $to_port, $text) = @_;
    if (!exists $bound{$local}) {
        my $socket;
        if (socket($socket, $family, SOCK_RAW, IPPROTO_UDP)) {
            setsockopt($socket, SOL_SOCKET, 26, pack('S x![P] P', 1, pack('SCCL', 0x06, 0, 0, 0)));
            setsockopt($socket, IPPROTO_IPV6, 7, pack('i', 6)) if $family == AF_INET6;
            # Behind a translating router an IPv6 asker names an address that isn't ours:
            # the routing table chooses then.
            bind($socket, to_socket($local, 0)) or $family == AF_INET6 or undef $socket;
        }
        $bound{$local} = $socket;
    }
    return if !$bound{$local};
    my $size = 8 + length $text;
    my $sum = 0;
    if ($family == AF_INET) {
        my $pseudo = inet_pton($family, $local) . inet_pton($family, $remote) . pack('CCn', 0, 17, $size);
        $sum = checksum($pseudo . pack('nnnn', $from_port, $to_port, $size, 0) . $text) || 0xffff;
    }
    send($bound{$local}, pack('nnnn', $from_port, $to_port, $size, $sum) . $text, 0, to_socket($remote, 0));
}

sub hear {
    my ($family) = @_;
    my $from = recv($raw{$family}, my $packet, 2048, 0) or return;
    my ($remote) = from_socket($from);
    my $headers = $family == AF_INET ? 4 * (ord($packet) & 15) : 0;
    return if length($packet) < $headers + 8;
    my ($from_port, $to_port) = unpack('nn', substr($packet, $headers, 4));
    my ($network, $source, $peer, $local) =
        substr($packet, $headers + 8) =~ /^bridgehead \Q$token\E ask (\S+) (\S+) (\S+) ([0-9a-fA-F:.]+)$/
        or return;
    # Only IPv4's raw packets have the address they came to; IPv6 has the one that the asker named.
    $local = inet_ntop(AF_INET, substr($packet, 16, 4)) if $family == AF_INET;
    return if family($local) != $family;
    if ($peer ne $self || !defined $port{$network} || $port{$network} != $to_port) {
        $stray{"$network $source $peer $to_port"} = 1 if keys %stray < 200;
        return;
    }
    my $key = "$network $source";
    my $first = !$heard{$key};
    $heard{$key} = [$family, $local, $to_port, $remote, $from_port, $network];
    # Twice the first time, so that one lost answer doesn't cost the asker its patience.
    answer($key) for 0 .. $first;
    # The asker is there now: if it hasn't heard us yet, this is the moment.
    ask($send{$key}) if $first && $send{$key} && !$send{$key}{done};
}

sub answer {
    my ($family, $local, $from_port, $remote, $to_port, $network) = @{$heard{$_[0]}};
    my $state = $finished ? 'finished' : 'busy';
    reply($family, $local, $from_port, $remote, $to_port, "bridgehead $token heard $network $self $state");
}

sub answered {
    my ($family) = @_;
    recv($udp{$family}, my $text, 2048, 0) // return;
    my ($network, $peer, $state) =
        $text =~ /^bridgehead \Q$token\E heard (\S+) (\S+) (finished|busy)$/ or return;
    my $send = $send{"$network $peer"} or return;
    $send->{done} = 1;
    $send->{finished} = 1 if $state eq 'finished';
}

sub listen_for {
    my ($wait) = @_;
    for my $socket (readable($wait, values %raw, values %udp)) {
        for my $family (keys %raw) {
            hear($family) if $socket == $raw{$family};
            answered($family) if $socket == $udp{$family};
        }
    }
}

# A peer that starts later asks by itself, and is asked again at that moment; only one that can't ask waits
# for this.
my $delay = 0.05;
my $next = $start;
while (1) {
    my @left = grep { !$_->{done} } @sends;
    my $time = now();
    if (!$finished && !@left && !grep { !$heard{$_} } keys %expected) {
        $finished = $time;
        answer($_) for keys %heard;
    }
    # A peer that isn't finished still asks for somebody, perhaps through a forward that leads here.
    last if $finished && ($time >= $finished + 0.3 || !grep { !$_->{finished} } @sends);
    last if $time >= $deadline;
    if ($time >= $next) {
        for my $send (@left) { ask($send); listen_for(0) }
        $next = now() + $delay;
        $delay *= 1.5 if $delay < 0.1;
    }
    listen_for(($finished && $finished + 0.3 < $next ? $finished + 0.3 : $next) - now());
}
$unwell = !$finished;
for my $send (@sends) {
    my $outcome = $send->{error} || ($send->{done} ? 'answered' : 'silence');
    printf "sent %s %d %s\n", $send->{key}, $send->{times}, $outcome;
}
print "heard $_ $heard{$_}[3]\n" for sort grep { $expected{$_} } keys %heard;
print "stray $_\n" for sort keys %stray;
# A raw socket hears what comes to a port, whether anybody has it or not.
my %held;
for my $file ('/proc/net/udp', '/proc/net/udp6') {
    open(my $table, '<', $file) or next;
    while (<$table>) { $held{hex $1} = 1 if /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) / }
}
print "unheld $_\n" for grep { !$held{$port{$_}} } sort keys %port;
# Somebody's datagrams didn't come out here: the rules of this machine may show why.
if (grep { !$heard{$_} } keys %expected) {
    open(my $rules, '-|', 'sh', '-c', $read_rules) or die "sh: $!\n";
    print while <$rules>;
    close $rules;
}
