use strict;
use warnings;
use IO::Socket::IP;

# stand-in-app PORT: answers with the request's own header. /slow takes 20 s; a websocket echoes.
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::IP->new(LocalAddr => '::', LocalPort => $ARGV[0], Listen => 50, ReuseAddr => 1, V6Only => 0) or die $@;
while (1) {
    my $caller = $server->accept or next;
    next if fork;
    my $header = my $request = <$caller>;
    while (defined(my $line = <$caller>)) { last if $line =~ /^\r?\n/; $header .= $line }
    $caller->autoflush(1);
    if ($header =~ /^upgrade: websocket/im) {
        print $caller "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
        while (sysread $caller, my $bytes, 100) { syswrite $caller, $bytes }
        exit;
    }
    if ($request =~ m{ /slow }) {
        print $caller "HTTP/1.1 200 OK\r\nContent-Length: 200\r\nConnection: close\r\n\r\n";
        for (1 .. 20) { print $caller '0123456789'; sleep 1 }
        exit;
    }
    print $caller "HTTP/1.1 200 OK\r\nContent-Length: " . length($header) . "\r\nConnection: close\r\n\r\n$header";
    exit;
}
