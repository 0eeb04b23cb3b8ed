# Asks resolvers by UDP, all questions at once, again and again until the required ones are answered; then
# opens a connection to each server. A server `-` is the resolver that this machine asks by itself, the first
# in /etc/resolv.conf. Prints `resolver ADDRESS BEHIND...`, `answer N RCODE DATA...` with data in hexadecimal,
# `lost N REASON` and `tcp N STATE`.

use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Errno qw(EINPROGRESS ECONNREFUSED);
my %TYPES = (A => 1, TXT => 16, AAAA => 28);
my $port = datum('port');
my $start = now();
my $deadline = $start + datum('patience');
my $grace = datum('grace');
my (@questions, %servers);

sub nameservers {
    my ($path) = @_;
    open(my $file, '<', $path) or return ();
    return map { /^\s*nameserver\s+([0-9A-Fa-f.:]+)/ ? ($1) : () } <$file>;
}

my ($own) = nameservers('/etc/resolv.conf');
if (defined $own) {
    # The stub of systemd-resolved asks these.
    my @behind = $own =~ /^127\.0\.0\.5[34]$/ ? nameservers('/run/systemd/resolve/resolv.conf') : ();
    print join(' ', 'resolver', $own, @behind), "\n";
}

sub labels { return join('', map { pack('C/a', $_) } split(/\./, $_[0]), '') }

sub query {
    my ($question) = @_;
    my $type = $TYPES{ $question->{type} };
    return pack('n6', $question->{id}, 0x0100, 1, 0, 0, 0) . labels($question->{name}) . pack('nn', $type, 1);
}

for (data('ask')) {
    my ($required, $to, $name, $type) = @$_;
    my $address = $to eq '-' ? $own : $to;
    push @questions, {
        number => scalar @questions,
        required => $required && defined $address,
        to => $address,
        at => $to eq '-' ? 53 : $port,
        name => $name,
        type => $type,
        id => int(rand(65536)),
        next => $start,
        delay => 0.5,
        error => defined $address ? 'timeout' : 'no resolver',
    };
}

sub server {
    my ($question) = @_;
    my ($to, $at) = @{$question}{qw(to at)};
    my $key = "$to $at";
    return $servers{$key} if exists $servers{$key};
    my $server = $servers{$key} = { asked => [] };
    # A connected socket hears of a closed port.
    if (!socket(my $socket, family($to), SOCK_DGRAM, IPPROTO_UDP)) { $server->{error} = "$!" }
    elsif (!connect($socket, to_socket($to, $at))) { $server->{error} = "$!" }
    else { $server->{socket} = $socket }
    return $server;
}

sub skip_name {
    my ($text, $at) = @_;
    while ($at < length $text) {
        my $size = ord substr($text, $at, 1);
        return $at + 2 if $size >= 192;
        $at += 1 + $size;
        return $at if !$size;
    }
    return undef;
}

# The reply's code and the data of its answers of the type that was asked for; nothing if it answers another
# question.
sub answer {
    my ($question, $text) = @_;
    return if length $text < 12;
    my ($id, $flags, $asked, $count) = unpack('n4', $text);
    return if $id != $question->{id} || !($flags & 0x8000) || $asked != 1;
    my $at = skip_name($text, 12);
    return if !defined $at || lc substr($text, 12, $at - 12) ne lc labels($question->{name});
    my @data;
    $at += 4;
    for (1 .. $count) {
        $at = skip_name($text, $at);
        last if !defined $at || $at + 10 > length $text;
        my ($type, undef, undef, $size) = unpack('nnNn', substr($text, $at, 10));
        push @data, unpack('H*', substr($text, $at + 10, $size)) if $type == $TYPES{ $question->{type} };
        $at += 10 + $size;
    }
    return ($flags & 15, @data);
}

# A refusal is heard of with the next call, whatever that is about.
sub failed {
    my ($server, $question) = @_;
    if ($! == ECONNREFUSED) { $_->{error} = 'refused' for @{ $server->{asked} } }
    elsif ($question) { $question->{error} = "$!" }
}

sub send_question {
    my ($question) = @_;
    my $server = server($question);
    if (!$server->{socket}) { $question->{error} = $server->{error}; return }
    push @{ $server->{asked} }, $question if !$question->{sent}++;
    $question->{error} = 'timeout' if $question->{error} ne 'refused';
    if (!defined send($server->{socket}, query($question), 0)) { failed($server, $question) }
}

sub take {
    my ($server) = @_;
    my $text;
    if (!defined recv($server->{socket}, $text, 4096, 0)) {
        failed($server, undef);
        return;
    }
    for my $question (grep { !$_->{answer} } @{ $server->{asked} }) {
        my @answer = answer($question, $text) or next;
        $question->{answer} = \@answer;
        last;
    }
}

my $finished;
while (1) {
    my $time = now();
    my @left = grep { defined $_->{to} && !$_->{answer} } @questions;
    last if !@left;
    $finished ||= $time if !grep { $_->{required} } @left;
    last if $finished && $time >= $finished + $grace;
    last if $time >= $deadline && $time > $start + 1;
    my $next = $finished ? $finished + $grace : $time + 1;
    for my $question (@left) {
        if ($time >= $question->{next}) {
            send_question($question);
            $question->{next} = $time + $question->{delay};
            $question->{delay} *= 1.5 if $question->{delay} < 2;
        }
        $next = $question->{next} if $question->{next} < $next;
    }
    my %by = map { fileno($_->{socket}) => $_ } grep { $_->{socket} } values %servers;
    take($by{ fileno $_ }) for readable($next - now(), map { $_->{socket} } values %by);
}
for my $question (@questions) {
    my $number = $question->{number};
    if ($question->{answer}) { print join(' ', 'answer', $number, @{ $question->{answer} }), "\n"; next }
    $unwell = 1 if $question->{required};
    print "lost $number $question->{error}\n";
}

sub open_tcp {
    my ($to) = @_;
    socket(my $socket, family($to), SOCK_STREAM, IPPROTO_TCP) or return "$!";
    fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK);
    if (!connect($socket, to_socket($to, $port)) && $! != EINPROGRESS) {
        return $! == ECONNREFUSED ? 'refused' : "$!";
    }
    my $bits = '';
    vec($bits, fileno($socket), 1) = 1;
    select(undef, $bits, undef, 2) or return 'timeout';
    my $error = unpack('i', getsockopt($socket, SOL_SOCKET, SO_ERROR)) or return 'open';
    $! = $error;
    return $error == ECONNREFUSED ? 'refused' : "$!";
}

my @addresses = map { $_->[0] } data('tcp');
for my $number (0 .. $#addresses) { printf "tcp %d %s\n", $number, open_tcp($addresses[$number]) }
