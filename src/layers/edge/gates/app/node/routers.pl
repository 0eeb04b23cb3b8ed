# The routers of Traefik's HTTPS port: `routers` if it answers, `router KIND PRIORITY NAME RULE` for each,
# NAME and RULE as in JSON and in hexadecimal. Those that only order certificates answer nobody.

sub body_of {
    my ($port, $path) = @_;
    socket(my $to, AF_INET, SOCK_STREAM, 0) or return undef;
    # 2 seconds.
    setsockopt($to, SOL_SOCKET, SO_RCVTIMEO, pack('l!l!', 2, 0));
    connect($to, to_socket('127.0.0.1', $port)) or return undef;
    defined syswrite($to, "GET $path HTTP/1.0\r\nHost: localhost\r\n\r\n") or return undef;
    my $reply = do { local $/; <$to> };
    return ($reply || '') =~ m{^HTTP/\S+ 200 .*?\r\n\r\n(\[.*\])\s*$}s ? $1 : undef;
}

for my $port (map { $_->[0] } data('status')) {
    my %bodies = map { $_ => body_of($port, "/api/$_/routers?per_page=10000") } qw(http tcp);
    next if grep { !defined } values %bodies;
    print "routers\n";
    for my $kind (sort keys %bodies) {
        while ($bodies{$kind} =~ /(\{(?:[^{}"]++|"(?:[^"\\]|\\.)*+"|(?1))*+\})/g) {
            my $router = $1;
            my ($name, $rule) = map { $router =~ /"$_":"((?:[^"\\]|\\.)*)"/ ? $1 : '' } qw(name rule);
            my ($priority) = $router =~ /"priority":(-?\d+)/;
            next if $router !~ /"status":"(?:enabled|warning)"/ || $router !~ /"using":\[[^\]]*"https"/;
            next if $name !~ /\@file$/ || $name =~ /-certificates-\d+\@file$/;
            print join(' ', 'router', $kind, $priority || 0, map { unpack 'H*', $_ } $name, $rule), "\n";
        }
    }
}
