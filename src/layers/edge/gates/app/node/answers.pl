# Asks apps for an answer, all at once, and again those that gave a wrong one, with growing delays until the
# deadline. Of a group, which is one app at several addresses, one is enough. For the one numbered N it
# prints `app N OUTCOME STATUS MATCH BYTES`: OUTCOME is `answer`, `open` (connected, and silent so far),
# `closed` (without a byte), `silent` (nothing to a request), `refused`, `unreachable`, `dropped` or `error`;
# STATUS is that of HTTP, or 0; MATCH whether the answer is the wanted one.

my $start = now();
my $deadline = $start + datum('patience');
my $longest = datum('patience') > 5 ? 5 : datum('patience') < 2 ? 2 : datum('patience');
my @apps = map {
    my ($group, $kind, $address, $port, $request, $status, $contains) = @$_;
    {
        group => $group, kind => $kind, address => $address, port => $port, status => $status,
        request => $request eq '-' ? '' : pack('H*', $request),
        contains => $contains eq '-' ? '' : pack('H*', $contains),
        outcome => 'error', seen => 0, match => 0, bytes => 0,
    }
} data('app');

sub outcome_of {
    my ($error) = @_;
    return 'refused' if $error == 111;
    return 'dropped' if $error == 110;
    return 'unreachable' if grep { $error == $_ } 99, 100, 101, 113;
    return 'closed' if $error == 104 || $error == 32;
    return 'error';
}

sub finish {
    my ($app, $outcome) = @_;
    $app->{outcome} = $outcome;
    close $app->{socket} if $app->{socket};
    delete $app->{socket};
}

# What is known once the connection ends, or the time for an answer.
sub conclude {
    my ($app, $ended) = @_;
    my $text = $app->{text};
    $app->{bytes} = length $text;
    if ($text eq '') {
        my $waited = $app->{kind} eq 'tcp' ? 'open' : 'silent';
        $app->{match} = !$ended && $waited eq 'open' && $app->{contains} eq '' ? 1 : 0;
        return finish($app, !$app->{connected} ? 'dropped' : $ended ? 'closed' : $waited);
    }
    $app->{seen} = $text =~ m{^HTTP/\d\.\d (\d{3})} ? $1 : 0;
    $app->{match} = is_wanted($app) ? 1 : 0;
    finish($app, 'answer');
}

sub is_wanted {
    my ($app) = @_;
    my $text = $app->{text};
    return ord($text) == 22 || ord($text) == 21 if $app->{kind} eq 'tls';
    return 0 if $app->{kind} eq 'http' && ($text !~ m{^HTTP/\d\.\d (\d{3})} || $1 != $app->{status});
    return $app->{contains} eq '' || index($text, $app->{contains}) >= 0;
}

sub begin {
    my ($app) = @_;
    @$app{qw(text connected match seen bytes)} = ('', 0, 0, 0, 0);
    my $family = family($app->{address});
    socket($app->{socket}, $family, SOCK_STREAM, 0) or return finish($app, 'error');
    # Non-blocking: F_SETFL with O_NONBLOCK.
    fcntl($app->{socket}, 4, 2048);
    $app->{until} = now() + $longest;
    connect($app->{socket}, to_socket($app->{address}, $app->{port})) or $! == 115
        or return finish($app, outcome_of($! + 0));
}

sub writable {
    my ($app) = @_;
    my $error = unpack('i', getsockopt($app->{socket}, SOL_SOCKET, SO_ERROR));
    return finish($app, outcome_of($error)) if $error;
    $app->{connected} = 1;
    # A relay takes the connection before it knows whether the app does.
    $app->{until} = now() + 1 if $app->{kind} eq 'tcp';
    return if $app->{request} eq '';
    defined syswrite($app->{socket}, $app->{request}) or finish($app, outcome_of($! + 0));
}

sub got {
    my ($app) = @_;
    my $read = sysread($app->{socket}, $app->{text}, 16384, length $app->{text});
    return if !defined $read && ($! == 11 || $! == 4);
    return conclude($app, 1) if !$read;
    conclude($app, 0) if length $app->{text} > 262144 || is_wanted($app);
}

sub round {
    begin($_) for @_;
    while (my @open = grep { $_->{socket} } @_) {
        my ($in, $out) = ('', '');
        for my $app (@open) {
            vec($app->{connected} ? $in : $out, fileno($app->{socket}), 1) = 1;
        }
        select($in, $out, undef, 0.2);
        for my $app (@open) {
            my $number = fileno($app->{socket});
            if (!$app->{connected}) { writable($app) if vec($out, $number, 1) }
            elsif (vec($in, $number, 1)) { got($app) }
            conclude($app, 0) if $app->{socket} && now() >= $app->{until};
        }
    }
}

$SIG{PIPE} = 'IGNORE';
my $delay = 0.2;
sub left {
    my %found = map { $_->{group} => 1 } grep { $_->{match} } @apps;
    return grep { !$found{$_->{group}} } @apps;
}
while (my @left = left()) {
    round(@left);
    last if !left() || now() + $delay >= $deadline;
    select(undef, undef, undef, $delay);
    $delay *= 1.5 if $delay < 2;
}
$unwell = 1 if left();
for my $number (0 .. $#apps) {
    my $app = $apps[$number];
    print join(' ', 'app', $number, @$app{qw(outcome seen match bytes)}), "\n";
}
