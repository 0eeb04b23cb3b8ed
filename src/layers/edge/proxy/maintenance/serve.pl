use strict;
use warnings;
use IO::Socket::INET;

# serve PORT FILE: answers each request with 503 and the page in the file.
my ($port, $file) = @ARGV;
open my $in, '<', $file or die "$file: $!\n";
my $page = do { local $/; <$in> };
my $answer = join "\r\n",
    'HTTP/1.1 503 Service Unavailable',
    'Content-Type: text/html; charset=utf-8',
    'Content-Length: ' . length $page,
    'Cache-Control: no-store',
    'Retry-After: 300',
    'Connection: close',
    '',
    $page;
my $server = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 128, ReuseAddr => 1,
) or die "port $port: $@\n";
while (1) {
    my $visitor = $server->accept or next;
    setsockopt $visitor, SOL_SOCKET, SO_RCVTIMEO, pack 'l!l!', 2, 0;
    # A connection that is closed before all was read would be reset, and the answer lost.
    while (defined(my $line = <$visitor>)) { last if $line =~ /^\r?\n/ }
    print $visitor $answer;
    shutdown $visitor, 1;
    close $visitor;
}
