use strict;
use warnings;
use IO::Socket::IP;
use Socket qw(AF_INET AF_INET6 inet_ntop getnameinfo NI_NUMERICHOST NI_NUMERICSERV);

# passed-on tcp PORT [TO]: reads a PROXY v2 header from each connection, notes the address in it in
# /srv/callers-PORT, and passes the bytes on to port TO, or says the address and echoes.
# passed-on udp PORT: answers each datagram with itself and the address that it came from.
my ($protocol, $port, $to) = @ARGV;
my %at = (LocalAddr => '::', LocalPort => $port, Proto => $protocol, ReuseAddr => 1, V6Only => 0);
$at{Listen} = 50 if $protocol eq 'tcp';
my $server = IO::Socket::IP->new(%at) or die $@;

while ($protocol eq 'udp') {
    my $from = recv $server, my $text, 65535, 0;
    my (undef, $host) = getnameinfo($from, NI_NUMERICHOST | NI_NUMERICSERV);
    send $server, "$text from $host", 0, $from;
}

sub all_of {
    my ($from, $size) = @_;
    my $bytes = '';
    while (length $bytes < $size) { sysread($from, $bytes, $size - length $bytes, length $bytes) or exit }
    return $bytes;
}

sub caller_of {
    my ($signature, $command, $family, $size) = unpack 'a12 C C n', all_of($_[0], 16);
    return 'nobody: no header' if $signature ne "\r\n\r\n\0\r\nQUIT\n" || $command != 0x21;
    my $addresses = all_of($_[0], $size);
    return inet_ntop(AF_INET, substr $addresses, 0, 4) if $family == 0x11;
    return inet_ntop(AF_INET6, substr $addresses, 0, 16) if $family == 0x21;
    return "nobody: family $family";
}

sub pass {
    my ($from, $into) = @_;
    while (sysread $from, my $bytes, 65536) { syswrite $into, $bytes }
    shutdown $into, 1;
}

$SIG{CHLD} = 'IGNORE';
while (1) {
    my $caller = $server->accept or next;
    next if fork;
    my $address = caller_of($caller);
    open my $note, '>>', "/srv/callers-$port" or die $!;
    print $note "$address\n";
    close $note;
    if (!defined $to) {
        syswrite $caller, "$address\n";
        pass($caller, $caller);
        exit;
    }
    my $app = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $to) or die $@;
    if (fork) { pass($caller, $app) }
    else { pass($app, $caller) }
    exit;
}
