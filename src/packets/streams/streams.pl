# Keeps a TCP stream open to each target, sends a byte on it every `interval` seconds, and notes when the
# echo doesn't come; and is the echo for the streams of the other machines, on `port`. A stream that is
# silent is kept, while new connections try whether the target can be reached; it is given up when it
# stays silent for as long again and two seconds more, as by then it would have been sent again.
#
# It is led by empty files: `CONTROL.change`, `.settle` and `.stop` are made for it, and it makes
# `.ready`, once all streams of before are open, and `.settled`, once each group has one that flows.
#
# Prints, with the times of its clock in seconds: `open N T`; `gap N LAST REACHED RESUMED`, a silence;
# `end N LAST REASON`; at the end `last N LAST REACHED`, of a stream that is open; `change T`, `settled T`.

use Errno;
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);

@data = map { chomp; [split / /] } <STDIN>;
$| = 1;
$SIG{PIPE} = $SIG{CHLD} = 'IGNORE';

my $SILENCE = 0.3;
my $LONGEST = 3600;
my %patience = (tcp => 0.3, ssh => 5);
my %pause = (tcp => 0.1, ssh => 0.5);
my ($interval, $control, $config, $port) = map { datum($_) } qw(interval control config port);
my @streams = map {
    my %stream;
    @stream{qw(id group before awaited kind target)} = @$_;
    $stream{again} = 0;
    \%stream;
} data('stream');
my (@listeners, %visitors, %made);
my $start = now();

sub announce {
    my ($word) = @_;
    open(my $file, '>', "$control.$word") or die "$control.$word: $!\n";
    close $file;
}

sub note {
    my ($what, $stream, @times) = @_;
    my $why = $what eq 'end' ? ' ' . pop @times : '';
    print join(' ', $what, $stream->{id}, map { sprintf '%.3f', $_ } @times), "$why\n";
}

sub nonblocking {
    my ($socket) = @_;
    fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!\n";
    return $socket;
}

for my $address (defined $port ? ('0.0.0.0', '::') : ()) {
    my $six = family($address) == AF_INET6;
    socket(my $socket, family($address), SOCK_STREAM, 0) or $six ? next : die "socket: $!\n";
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    # IPV6_V6ONLY
    setsockopt($socket, IPPROTO_IPV6, 26, 1) if $six;
    bind($socket, to_socket($address, $port)) or $six ? next : die "port $port: $!\n";
    listen($socket, 128) or die "listen: $!\n";
    push @listeners, nonblocking($socket);
}

sub connect_tcp {
    my ($target) = @_;
    socket(my $socket, family($target), SOCK_STREAM, 0) or return;
    nonblocking($socket);
    setsockopt($socket, IPPROTO_TCP, TCP_NODELAY, 1);
    connect($socket, to_socket($target, $port)) or $!{EINPROGRESS} or return;
    return { socket => $socket };
}

sub connect_ssh {
    my ($target) = @_;
    socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "socketpair: $!\n";
    my $pid = fork;
    die "fork: $!\n" if !defined $pid;
    if (!$pid) {
        $SIG{PIPE} = $SIG{CHLD} = 'DEFAULT';
        open(STDIN, '<&', $theirs);
        open(STDOUT, '>&', $theirs);
        open(STDERR, '>', '/dev/null');
        my @options = ('-F', $config, '-T', '-oBatchMode=yes', '-oConnectTimeout=4', '-oControlPath=none');
        exec('ssh', @options, $target, 'cat') or kill 'KILL', $$;
    }
    close $theirs;
    return { socket => nonblocking($ours), pid => $pid };
}

sub drop {
    my ($connection) = @_;
    close $connection->{socket};
    kill 'TERM', $connection->{pid} if $connection->{pid};
}

sub is_silent {
    my ($connection, $now) = @_;
    return $now - $connection->{last} > $SILENCE;
}

sub heard {
    my ($stream, $connection, $now) = @_;
    my $main = $stream->{main};
    if (!$main) {
        note('open', $stream, $now);
        @$stream{qw(main probe)} = ($connection, undef);
    }
    elsif ($connection == $main) {
        my $reached = delete $stream->{reached};
        note('gap', $stream, $main->{last}, $reached || $now, $now) if is_silent($main, $now);
        drop($stream->{probe}) if $stream->{probe};
        $stream->{probe} = undef;
    }
    else { $stream->{reached} ||= $now }
    $connection->{last} = $now;
}

sub lost {
    my ($stream, $connection, $why, $now) = @_;
    drop($connection);
    $stream->{again} = $now + $pause{$stream->{kind}};
    my $probe = $stream->{probe};
    if ($probe && $connection == $probe) { $stream->{probe} = undef; return }
    note('end', $stream, $connection->{last}, $why);
    my $reached = delete $stream->{reached};
    $stream->{main} = undef;
    return if !$probe || !$probe->{last};
    note('open', $stream, $reached);
    @$stream{qw(main probe)} = ($probe, undef);
}

sub receive {
    my ($stream, $connection) = @_;
    my $count = sysread($connection->{socket}, my $bytes, 65536);
    my $error = "$!";
    return if !defined $count && ($!{EAGAIN} || $!{EINTR});
    if ($count) { heard($stream, $connection, now()) }
    else { lost($stream, $connection, defined $count ? 'closed by the other side' : lc $error, now()) }
}

sub echo {
    my ($visitor) = @_;
    my $count = sysread($visitor, my $bytes, 65536);
    return if !defined $count && ($!{EAGAIN} || $!{EINTR});
    return if $count && (defined syswrite($visitor, $bytes) || $!{EAGAIN});
    delete $visitors{fileno $visitor};
    close $visitor;
}

sub pulse {
    my ($stream, $now) = @_;
    for my $connection (grep { $_ } @$stream{qw(main probe)}) {
        next if defined syswrite($connection->{socket}, '.') || $!{EAGAIN} || $!{ENOTCONN};
        lost($stream, $connection, lc "$!", $now);
    }
    my ($main, $probe, $reached) = @$stream{qw(main probe reached)};
    my $silent = $main && is_silent($main, $now);
    if ($silent && $reached && $now - $main->{last} > 2 * ($reached - $main->{last}) + 2) {
        lost($stream, $main, 'no answer', $now);
    }
    elsif ($probe) {
        my $waits = !$probe->{last} && $now - $probe->{began} > $patience{$stream->{kind}};
        lost($stream, $probe, 'no answer', $now) if $waits;
    }
    elsif ((!$main || $silent) && $now >= $stream->{again}) {
        $probe = $stream->{kind} eq 'ssh' ? connect_ssh($stream->{target}) : connect_tcp($stream->{target});
        $stream->{again} = $now + $pause{$stream->{kind}};
        $probe->{began} = $now if $probe;
        $stream->{probe} = $probe;
    }
}

sub flows {
    my ($stream, $now) = @_;
    return $stream->{main} && !is_silent($stream->{main}, $now);
}

sub is_settled {
    my ($now) = @_;
    my %flowing = map { $_->{group} => 1 } grep { flows($_, $now) } @streams;
    return !grep { $_->{awaited} && !$flowing{$_->{group}} } @streams;
}

sub follow {
    my ($now) = @_;
    my $open = !grep { $_->{before} && !$_->{main} } @streams;
    if (!$made{ready} && ($open || $now > $start + 10)) { $made{ready} = 1; announce('ready') }
    if (!$made{change} && -e "$control.change") { $made{change} = 1; printf "change %.3f\n", $now }
    if (!$made{settle} && -e "$control.settle") { $made{settle} = $now }
    my $settling = $made{settle} ? $now - $made{settle} : 0;
    if (!$made{settled} && ($settling > 30 || $settling > 1 && is_settled($now))) {
        $made{settled} = 1;
        printf "settled %.3f\n", $now;
        announce('settled');
    }
    return if !-e "$control.stop" && $now < $start + $LONGEST;
    for my $stream (grep { $_->{main} } @streams) {
        my $last = $stream->{main}{last};
        note('last', $stream, $last, $stream->{reached} || 0);
    }
    drop($_) for grep { $_ } map { @$_{qw(main probe)} } @streams;
    exit;
}

my ($before, $due, $asked) = ($start, $start, 0);
while (1) {
    my $now = now();
    # A process that was not scheduled has seen no cut.
    my $late = $now - $before - 0.1;
    $before = $now;
    for my $connection (grep { $_ && $_->{last} } map { @$_{qw(main probe)} } @streams) {
        $connection->{last} += $late if $late > 0;
    }
    if ($now >= $due) {
        pulse($_, $now) for @streams;
        $due = $now + $interval;
    }
    if ($now > $asked + 0.1) {
        follow($now);
        $asked = $now;
    }
    my %of;
    for my $stream (@streams) {
        $of{fileno $_->{socket}} = [$stream, $_] for grep { $_ } @$stream{qw(main probe)};
    }
    my @mine = map { $_->[1]{socket} } values %of;
    for my $socket (readable($due - now(), @listeners, values %visitors, @mine)) {
        my $number = fileno $socket;
        next if !defined $number;
        if ($of{$number}) { receive(@{$of{$number}}) }
        elsif ($visitors{$number}) { echo($socket) }
        elsif (accept(my $visitor, $socket)) { $visitors{fileno $visitor} = nonblocking($visitor) }
    }
}
