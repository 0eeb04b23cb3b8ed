# Server and client of every transfer of a node in one process, all at once: it serves members on its
# overlay addresses and sends each peer its bytes; the receiver answers with their count and sum. It ends
# when all its own transfers are confirmed and all that it expects are served.

use Socket qw(SOCK_NONBLOCK);
$SIG{PIPE} = 'IGNORE';
my ($token, $port, $bytes) = (datum('token'), datum('port'), datum('bytes'));
my $deadline = deadline();
my $block = join('', map { chr } 0 .. 255) x 256;
my (@listeners, @clients, %serving, %served, %arrived);
my %may = map { (inet_pton(family($_->[1]), $_->[1]) => $_->[0]) } data('serve');
my $serve = scalar keys %may;

# Errno is loaded only where something went wrong: that takes as long as all the transfers of a small mesh.
sub errno_is {
    my $error = $! + 0;
    require Errno;
    my @numbers = map { Errno->can($_)->() } @_;
    $! = $error;
    return scalar grep { $_ == $error } @numbers;
}

sub open_socket {
    my ($family) = @_;
    socket(my $socket, $family, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP) or return;
    # Else the last, short segment waits for the peer's delayed acknowledgement.
    setsockopt($socket, IPPROTO_TCP, TCP_NODELAY, 1);
    return $socket;
}

for my $listen (data('listen')) {
    my $address = $listen->[0];
    my $socket = open_socket(family($address));
    if ($socket
        && setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1)
        && bind($socket, to_socket($address, $port))
        && listen($socket, 128)) {
        push @listeners, $socket;
    } else {
        print "refused $address $port ", (errno_is('EADDRINUSE') ? 'in-use' : "$!"), "\n";
    }
}
for my $send (data('send')) {
    my $number = @clients;
    push @clients, {
        number => $number,
        address => $send->[0],
        state => 'waiting',
        retry => 0,
        delay => 0.1,
        error => '',
    };
}

sub drop_client {
    my ($client, $error) = @_;
    # Once connected, what a later attempt meets proves nothing: the peer's time may be over by then.
    $client->{error} = $error if !$client->{ever} || $client->{state} =~ /^(connected|sent)$/;
    delete $client->{socket};
    $client->{state} = 'waiting';
    $client->{retry} = now() + $client->{delay};
    $client->{delay} *= 1.5 if $client->{delay} < 0.3;
}

sub start_client {
    my ($client) = @_;
    my $socket = open_socket(family($client->{address})) or return drop_client($client, "$!");
    # Under way or refused at once: what becomes of the socket shows which.
    $client->{refusal} = connect($socket, to_socket($client->{address}, $port)) ? '' : "$!";
    $client->{socket} = $socket;
    $client->{began} = now();
    $client->{state} = 'connecting';
    # A lost SYN would be sent again after a second only; by then another attempt is as good.
    $client->{give_up} = now() + 1;
    my $first = substr($block, 0, $bytes);
    $client->{out} = "bridgehead $token $bytes\n$first";
    $client->{left} = $bytes - length $first;
    $client->{in} = '';
}

sub write_client {
    my ($client) = @_;
    if ($client->{state} eq 'connecting') {
        my $error = unpack('i', getsockopt($client->{socket}, SOL_SOCKET, SO_ERROR));
        if ($error) { local $! = $error; return drop_client($client, "$!") }
        return drop_client($client, $client->{refusal}) if !getpeername($client->{socket});
        $client->{state} = 'connected';
        $client->{ever} = 1;
        $client->{error} = '';
    }
    while (1) {
        if ($client->{out} eq '') {
            return $client->{state} = 'sent' if !$client->{left};
            my $from = ($bytes - $client->{left}) % 65536;
            $client->{out} = substr($block, $from, $client->{left});
            $client->{left} -= length $client->{out};
        }
        my $wrote = syswrite($client->{socket}, $client->{out});
        if (!defined $wrote) { drop_client($client, "$!") if !errno_is('EAGAIN', 'EINTR'); return }
        substr($client->{out}, 0, $wrote, '');
    }
}

sub read_client {
    my ($client) = @_;
    my $got = sysread($client->{socket}, $client->{in}, 256, length $client->{in});
    return if !defined $got && errno_is('EAGAIN', 'EINTR');
    # A peer that closes without an answer has heard nothing for as long as it waits.
    return drop_client($client, defined $got ? '' : "$!") if !$got;
    return if $client->{in} !~ /\n/;
    $client->{answer} = $1 if $client->{in} =~ /^got (\d+ \d+)\n/;
    $client->{ms} = 1000 * (now() - $client->{began});
    $client->{state} = 'done';
    delete $client->{socket};
}

sub accept_from {
    my ($listener) = @_;
    my $from = accept(my $socket, $listener) or return;
    my ($address) = from_socket($from);
    my $member = inet_pton(family($address), $address);
    return if !defined $may{$member};
    $serving{fileno $socket} = {
        socket => $socket,
        number => $may{$member},
        address => $address,
        head => '',
        count => 0,
        sum => 0,
    };
    # Whoever calls is listening too.
    $_->{retry} = 0 for grep { $_->{state} eq 'waiting' && same_address($_->{address}, $address) } @clients;
}

sub serve {
    my ($one) = @_;
    my $heard = recv($one->{socket}, my $chunk, 65536, MSG_DONTWAIT);
    return if !defined $heard && errno_is('EAGAIN', 'EINTR');
    return delete $serving{fileno $one->{socket}} if !defined $heard || $chunk eq '';
    if (!defined $one->{want}) {
        $one->{head} .= $chunk;
        my ($want, $rest) = $one->{head} =~ /^bridgehead \Q$token\E (\d{1,9})\n(.*)/s;
        if (!defined $want) {
            delete $serving{fileno $one->{socket}} if length $one->{head} > 200;
            return;
        }
        ($one->{want}, $chunk) = ($want, $rest);
    }
    $one->{count} += length $chunk;
    $one->{sum} = ($one->{sum} + unpack('%32C*', $chunk)) % 4294967296;
    $arrived{$one->{number}} = $one->{count} if $one->{count} > ($arrived{$one->{number}} || 0);
    return if $one->{count} < $one->{want};
    # TCP_CORK: the answer and the end of the connection leave in one packet.
    setsockopt($one->{socket}, IPPROTO_TCP, 3, 1);
    syswrite($one->{socket}, "got $one->{count} $one->{sum}\n");
    $served{$one->{number}} = 1;
    delete $serving{fileno $one->{socket}};
}

sub turn {
    my ($wait) = @_;
    my ($reads, $writes) = ('', '');
    vec($reads, fileno($_), 1) = 1 for @listeners, map { $_->{socket} } values %serving;
    for my $client (grep { $_->{socket} } @clients) {
        if ($client->{state} eq 'sent') { vec($reads, fileno($client->{socket}), 1) = 1 }
        else { vec($writes, fileno($client->{socket}), 1) = 1 }
    }
    select($reads, $writes, undef, $wait < 0 ? 0 : $wait);
    my @ready = grep { vec($reads, fileno($_->{socket}), 1) } values %serving;
    accept_from($_) for grep { vec($reads, fileno($_), 1) } @listeners;
    serve($_) for @ready;
    for my $client (grep { $_->{socket} } @clients) {
        if ($client->{state} eq 'sent') { read_client($client) if vec($reads, fileno($client->{socket}), 1) }
        elsif (vec($writes, fileno($client->{socket}), 1)) { write_client($client) }
    }
}

my $sum = 0;
for my $size ((65536) x int($bytes / 65536), $bytes % 65536) {
    $sum = ($sum + unpack('%32C*', substr($block, 0, $size))) % 4294967296;
}
while (1) {
    my @open = grep { $_->{state} ne 'done' } @clients;
    last if !@open && keys %served >= $serve;
    my $time = now();
    last if $time >= $deadline;
    my $next = $time + 0.5;
    for my $client (@open) {
        if ($client->{state} eq 'connecting' && $time >= $client->{give_up}) {
            drop_client($client, 'no answer to the connection');
        }
        elsif ($client->{state} eq 'waiting' && $time >= $client->{retry}) { start_client($client) }
        my $due = $client->{state} eq 'waiting' ? $client->{retry}
            : $client->{state} eq 'connecting' ? $client->{give_up}
            : $next;
        $next = $due if $due < $next;
    }
    $next = $deadline if $deadline < $next;
    turn($next - now());
}
$unwell = keys %served < $serve;
for my $client (@clients) {
    my $answer = $client->{answer} || '';
    $unwell ||= $answer ne "$bytes $sum";
    if ($answer eq "$bytes $sum") { printf "moved $client->{number} %.1f\n", $client->{ms} }
    elsif ($answer) { print "spoiled $client->{number} $answer\n" }
    else {
        my $state = $client->{ever} ? 'connected' : 'unconnected';
        print "stuck $client->{number} $state ", $client->{error} || 'silence', "\n";
    }
}
printf "arrived %d %d\n", $_, $arrived{$_} || 0 for sort { $a <=> $b } values %may;
