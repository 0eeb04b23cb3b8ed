# One process that pings every address at once, and again those that didn't answer, with growing delays
# until the deadline. It ends with the last answer. Prints `pong N SENT MS LOST` or `lost N SENT REASON` for
# the address numbered N; LOST is how many were sent before the one that was answered.

my $token = datum('token');
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
        socket($sockets{$family}, $family, SOCK_RAW, $protocol)
            or $family == AF_INET6 ? ($sockets{$family} = undef) : die "raw socket: $!\n";
        setsockopt($sockets{$family}, $filter[0], $filter[1], $filter[2]) if $sockets{$family};
    }
    push @targets, {
        number => $number,
        family => $family,
        to => to_socket($address, 0),
        address => $address,
        sent => 0,
        error => '',
    };
}
my $id = $$ & 0xffff;

sub request {
    my ($target) = @_;
    if (!$sockets{$target->{family}}) { $target->{error} = 'no IPv6'; return }
    my $payload = "bridgehead $token $target->{number} $target->{sent}";
    my $type = $target->{family} == AF_INET6 ? 128 : 8;
    my $packet = pack('CCnnn', $type, 0, 0, $id, $target->{number} & 0xffff) . $payload;
    substr($packet, 2, 2) = pack('n', checksum($packet)) if $type == 8;
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
    return if !$target || defined $target->{ms} || !$target->{at}[$attempt];
    return if !same_address($address, $target->{address});
    $target->{ms} = 1000 * (now() - $target->{at}[$attempt]);
    $target->{lost} = $attempt;
}

my $delay = 0.1;
my $next = $start;
while (my @left = grep { !defined $_->{ms} } @targets) {
    my $time = now();
    if ($time >= $next) {
        last if $time >= $deadline && $time > $start + 1;
        for my $target (@left) {
            request($target);
            answer($_) for readable(0, grep { defined } values %sockets);
        }
        $next = now() + $delay;
        $delay *= 1.5 if $delay < 1;
    }
    answer($_) for readable($next - now(), grep { defined } values %sockets);
}
for my $target (@targets) {
    my $about = "$target->{number} $target->{sent}";
    if (defined $target->{ms}) { printf "pong $about %.1f %d\n", $target->{ms}, $target->{lost} }
    else {
        $unwell = 1;
        print "lost $about ", $target->{error} || 'silence', "\n";
    }
}
