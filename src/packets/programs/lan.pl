# Pings every address, and opens a TCP connection if a port is known, all at once, again and again until
# the required ones have answered. A refused connection is an answer too: the machine was reached. Where
# there is a port, ICMP alone is not enough: many firewalls pass pings on and nothing else. The ping of what
# answered by TCP gets a moment more. Prints `lan N MS PORTSTATE`, with `-` for what did not answer, and
# `lost N REASON`.

use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Errno qw(EINPROGRESS ECONNREFUSED);
my $token = datum('token');
my $start = now();
my $deadline = $start + datum('patience');
my $grace = 0.3;
my $id = $$ & 0xffff;
my (%icmp, @targets);

sub icmp_socket {
    my ($family, $source) = @_;
    my $key = "$family $source";
    return $icmp{$key} if exists $icmp{$key};
    my $socket;
    if (socket($socket, $family, SOCK_RAW, $family == AF_INET6 ? 58 : IPPROTO_ICMP)) {
        if ($source ne '-' && !bind($socket, to_socket($source, 0))) {
            $icmp{$key}{error} = "$!";
            return $icmp{$key};
        }
        return $icmp{$key} = { socket => $socket, family => $family };
    }
    return $icmp{$key} = { error => $family == AF_INET6 ? 'no IPv6' : "$!" };
}

for (data('lan')) {
    my ($required, $address, $port, $source) = @$_;
    my $family = family($address);
    push @targets, {
        number => scalar @targets,
        required => $required,
        address => $address,
        family => $family,
        port => $port,
        icmp => icmp_socket($family, $source),
        source => $source,
        tcp => $port ? '-' : 'none',
        sent => 0,
        next => $start,
        delay => 0.1,
        error => '',
    };
}

sub request {
    my ($target) = @_;
    my $icmp = $target->{icmp};
    if (!$icmp->{socket}) { $target->{error} = $icmp->{error}; return }
    my $type = $target->{family} == AF_INET6 ? 128 : 8;
    my $payload = "bridgehead $token $target->{number} $target->{sent}";
    my $packet = pack('CCnnn', $type, 0, 0, $id, $target->{number} & 0xffff) . $payload;
    substr($packet, 2, 2) = pack('n', checksum($packet)) if $type == 8;
    $target->{at}[$target->{sent}++] = now();
    $target->{error} = send($icmp->{socket}, $packet, 0, to_socket($target->{address}, 0)) ? '' : "$!";
}

sub take {
    my ($icmp) = @_;
    my $from = recv($icmp->{socket}, my $packet, 2048, 0) or return;
    my ($address) = from_socket($from);
    my $six = $icmp->{family} == AF_INET6;
    my $headers = $six ? 0 : 4 * (ord($packet) & 15);
    return if length($packet) < $headers + 8 || ord(substr($packet, $headers, 1)) != ($six ? 129 : 0);
    my ($number, $attempt) = substr($packet, $headers + 8) =~ /^bridgehead \Q$token\E (\d+) (\d+)$/ or return;
    my $target = $targets[$number];
    return if !$target || defined $target->{ms} || !$target->{at}[$attempt];
    return if !same_address($address, $target->{address});
    my $time = now();
    $target->{ms} = 1000 * ($time - $target->{at}[$attempt]);
    $target->{first} ||= $time;
}

sub connect_to {
    my ($target) = @_;
    delete $target->{socket};
    socket(my $socket, $target->{family}, SOCK_STREAM, IPPROTO_TCP) or return;
    fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK);
    $target->{began} = now();
    return if $target->{source} ne '-' && !bind($socket, to_socket($target->{source}, 0));
    my $to = to_socket($target->{address}, $target->{port});
    if (connect($socket, $to) || $! == EINPROGRESS) { $target->{socket} = $socket }
    elsif ($! == ECONNREFUSED) { tcp_answered($target, 'refused') }
}

sub tcp_answered {
    my ($target, $state) = @_;
    $target->{tcp} = $state;
    $target->{first} ||= now();
}

sub connected {
    my ($target) = @_;
    my $error = unpack('i', getsockopt($target->{socket}, SOL_SOCKET, SO_ERROR));
    delete $target->{socket};
    if (!$error) { tcp_answered($target, 'open') }
    elsif ($error == ECONNREFUSED) { tcp_answered($target, 'refused') }
}

sub wanting {
    my ($target, $time) = @_;
    return 1 if $target->{tcp} eq '-' && $target->{required};
    return 0 if defined $target->{ms} && $target->{tcp} ne '-';
    return !$target->{first} || $time < $target->{first} + $grace;
}

my $finished;
while (1) {
    my $time = now();
    my @left = grep { wanting($_, $time) } @targets;
    last if !@left;
    # Those that need not answer don't hold up the rest.
    $finished ||= $time if !grep { $_->{required} } @left;
    last if $finished && $time >= $finished + $grace;
    last if $time >= $deadline && $time > $start + 1;
    my $next = $finished ? $finished + $grace : $time + 1;
    for my $target (@left) {
        if ($time >= $target->{next}) {
            request($target) if !defined $target->{ms};
            my $is_due = !$target->{socket} || $time >= $target->{began} + 1;
            connect_to($target) if $target->{tcp} eq '-' && $is_due;
            $target->{next} = $time + $target->{delay};
            $target->{delay} *= 1.5 if $target->{delay} < 1;
        }
        $next = $target->{next} if $target->{next} < $next;
    }
    my ($reads, $writes) = ('', '');
    my @icmp = grep { $_->{socket} } values %icmp;
    my @opening = grep { $_->{socket} } @left;
    vec($reads, fileno($_->{socket}), 1) = 1 for @icmp;
    vec($writes, fileno($_->{socket}), 1) = 1 for @opening;
    my $wait = $next - now();
    select($reads, $writes, undef, $wait < 0 ? 0 : $wait);
    for my $target (@opening) { connected($target) if vec($writes, fileno($target->{socket}), 1) }
    for my $one (@icmp) { take($one) if vec($reads, fileno($one->{socket}), 1) }
}
for my $target (@targets) {
    my $number = $target->{number};
    if ($target->{first}) {
        my $ms = defined $target->{ms} ? sprintf('%.1f', $target->{ms}) : '-';
        printf "lan %d %s %s\n", $number, $ms, $target->{tcp};
    }
    else {
        $unwell = 1;
        printf "lost %d %s\n", $number, $target->{error} || 'silence';
    }
}
