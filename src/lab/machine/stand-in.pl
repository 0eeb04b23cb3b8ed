# Server in place of an app. Argument: a file with lines `KEY VALUE` of name, protocol, port, address, path,
# status and text. Over HTTP it takes uploads, streams (?seconds=N), echoes websockets, and shows who asked.
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;
use Socket qw(getnameinfo NI_NUMERICHOST NI_NUMERICSERV);

open my $settings, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
my %is = map { chomp; split / /, $_, 2 } <$settings>;
my @addresses = defined $is{address} ? $is{address} : ('::', '0.0.0.0');
my $type = $is{protocol} eq 'udp' ? 'udp' : 'tcp';
my @sockets = grep { defined } map {
  my %at = (LocalHost => $_, LocalPort => $is{port}, Proto => $type, ReuseAddr => 1);
  $at{V6Only} = 1 if /:/;
  $at{Listen} = 64 if $type eq 'tcp';
  IO::Socket::IP->new(%at) or (warn("$_: $@\n"), undef)
} @addresses;
die "nothing to listen on\n" if !@sockets;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = sub { exit };

sub answer {
  my ($to, $status, $kind, $text) = @_;
  my $size = length $text;
  print $to "HTTP/1.1 $status Answer\r\nContent-Type: $kind\r\nContent-Length: $size\r\n";
  print $to "Connection: close\r\n\r\n$text";
}

# The body of a request, by its size or its chunks; only counted.
sub count_body {
  my ($from, $headers) = @_;
  my $total = 0;
  my $take = sub {
    my ($left) = @_;
    while ($left > 0) {
      my $got = read($from, my $piece, $left > 65536 ? 65536 : $left);
      exit if !$got;
      ($left, $total) = ($left - $got, $total + $got);
    }
  };
  if (lc($headers->{'transfer-encoding'} // '') eq 'chunked') {
    while (defined(my $line = <$from>)) {
      my $size = hex(($line =~ /^([0-9a-fA-F]+)/)[0] // 0);
      $take->($size);
      <$from>;
      last if $size == 0;
    }
  }
  else { $take->($headers->{'content-length'} // 0) }
  return $total;
}

sub stream {
  my ($to, $seconds) = @_;
  print $to "HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\nTransfer-Encoding: chunked\r\n";
  print $to "Connection: close\r\n\r\n";
  for (1 .. 5 * $seconds) {
    printf $to "%x\r\n%s\r\n", 1316, 'G' x 1316;
    select undef, undef, undef, 0.2;
  }
  print $to "0\r\n\r\n";
}

# Echoes what comes over a websocket, and answers pings, until it is closed.
sub echo_frames {
  my ($with, $key) = @_;
  return answer($with, 400, 'text/plain', "no key\n") if $key !~ m{^[A-Za-z0-9+/=]{24}$};
  my ($digest) = split / /, qx{printf %s '${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11' | sha1sum};
  chomp(my $accept = substr pack('u', pack 'H*', $digest), 1);
  # uuencode's alphabet, as base64's.
  $accept =~ tr{` -_}{AA-Za-z0-9+/};
  substr($accept, 27, 1) = '=';
  print $with "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  print $with "Sec-WebSocket-Accept: $accept\r\n\r\n";
  while (read($with, my $head, 2) // 0) {
    my ($first, $second) = unpack 'CC', $head;
    my $size = $second & 0x7f;
    if ($size == 126) { read($with, my $long, 2); $size = unpack 'n', $long }
    elsif ($size == 127) { read($with, my $long, 8); $size = unpack 'Q>', $long }
    return if $size > 1 << 20;
    read($with, my $mask, $second & 0x80 ? 4 : 0);
    read($with, my $text, $size);
    $text ^= substr $mask x (1 + $size / 4), 0, $size if length $mask;
    my $code = $first & 0x0f;
    my $reply = $code == 9 ? 10 : $code;
    next if $code == 10;
    my @size = $size < 126 ? ('C', $size) : $size < 65536 ? ('C n', 126, $size) : ('C Q>', 127, $size);
    my $length = pack shift @size, @size;
    print $with pack('C', 0x80 | $reply) . $length . $text;
    return if $code == 8;
  }
}

sub serve_http {
  my ($with, $from) = @_;
  my ($method, $target) = split ' ', <$with> // '';
  return if !defined $target;
  my %headers;
  while (defined(my $line = <$with>)) {
    last if $line =~ /^\r?\n$/;
    $headers{ lc $1 } = $2 if $line =~ /^([^:\s]+):\s*(.*?)\r?\n$/;
  }
  my ($path, $query) = split /\?/, $target, 2;
  my $is_websocket = lc($headers{upgrade} // '') eq 'websocket';
  return echo_frames($with, $headers{'sec-websocket-key'} // '') if $is_websocket;
  my @forwarded = grep { defined $headers{$_} } 'x-forwarded-for', 'x-forwarded-proto';
  my $headed = join '', map { "; $_ $headers{$_}" } @forwarded;
  my $who = "this is $is{name}; you came from $from$headed";
  if ($method ne 'GET' and $method ne 'HEAD') {
    print $with "HTTP/1.1 100 Continue\r\n\r\n" if lc($headers{expect} // '') eq '100-continue';
    my $bytes = count_body($with, \%headers);
    return answer($with, 201, 'text/plain', "$bytes bytes; $who\n");
  }
  my ($seconds) = ($query // '') =~ /(?:^|&)seconds=(\d{1,4})(?:&|$)/;
  return stream($with, $seconds) if defined $seconds;
  return answer($with, $is{status}, 'text/plain', "$is{text}\n$who\n") if $path eq $is{path};
  if ($path eq '/.well-known/bridgehead/visitor') {
    my ($visitor) = split /,/, $headers{'x-forwarded-for'} // $from;
    return answer($with, 200, 'text/plain', "$visitor\n");
  }
  return answer($with, 200, 'text/plain', "$who\n");
}

my $select = IO::Select->new(@sockets);
while (1) {
  for my $socket ($select->can_read) {
    if ($type eq 'udp') {
      my $from = recv $socket, my $text, 65535, 0;
      next if !defined $from;
      my (undef, $host) = getnameinfo($from, NI_NUMERICHOST | NI_NUMERICSERV);
      send $socket, "$is{name} $host $text", 0, $from;
      next;
    }
    my $with = $socket->accept or next;
    if (fork) { close $with; next }
    binmode $with;
    $with->autoflush(1);
    my $from = $with->peerhost;
    if ($is{protocol} eq 'http') { serve_http($with, $from) }
    else {
      print $with "$is{name} $from\n";
      print $with $_ while <$with>;
    }
    exit;
  }
}
