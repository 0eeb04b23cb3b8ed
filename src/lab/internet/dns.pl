# DNS server of a lab. Arguments: folders of records, the first of which wins, `--`, port and addresses to
# listen on. A record is a file NAME.TYPE with an answer a line, perhaps `delay MILLISECONDS` or `fail HOW`.
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;
use Socket qw(AF_INET AF_INET6 inet_pton);
use Time::HiRes qw(time);

use constant { TTL => 1, MOST_TCP => 64, IDLE => 10, SMALLEST => 512 };
my %TYPES = (A => 1, NS => 2, CNAME => 5, SOA => 6, TXT => 16, AAAA => 28, CAA => 257);
my %NAMES = reverse %TYPES;
my %RCODES = (servfail => 2, nxdomain => 3, refused => 5);

my @folders;
while (@ARGV and (my $word = shift @ARGV) ne '--') { push @folders, $word }

my $port = shift @ARGV;

sub name_of { join '', map { pack 'C/a', $_ } split(/\./, $_[0]), '' }

# The records of a name and type as { answers, delay, fail }; undef if there are none.
sub record {
  my ($name, $type) = @_;
  return undef if $name !~ /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
  for my $folder (@folders) {
    open my $file, '<', "$folder/$name.$type" or next;
    my %record = (answers => [], delay => 0);
    while (my $line = <$file>) {
      chomp $line;
      if ($line =~ /^delay (\d+)$/) { $record{delay} = $1 / 1000 }
      elsif ($line =~ /^fail (\w+)$/) { $record{fail} = $1 }
      elsif ($line ne '') { push @{ $record{answers} }, $line }
    }
    return \%record;
  }
  return undef;
}

sub is_known {
  my ($name) = @_;
  return grep { record($name, $_) } keys %TYPES;
}

# The name that has the records for a name: itself, or the wildcard above it; undef if neither exists.
sub owner {
  my ($name) = @_;
  return $name if is_known($name);
  (my $wildcard = $name) =~ s/^[^.]*/*/;
  return is_known($wildcard) ? $wildcard : undef;
}

sub data {
  my ($type, $answer) = @_;
  return inet_pton(AF_INET, $answer) if $type eq 'A';
  return inet_pton(AF_INET6, $answer) if $type eq 'AAAA';
  return name_of(lc $answer) if $type eq 'CNAME' or $type eq 'NS';
  return join '', map { pack 'C/a', $_ } unpack '(a255)*', $answer if $type eq 'TXT';
  my ($flags, $tag, $value) = split ' ', $answer, 3;
  return pack 'C C/a a*', $flags, $tag, $value;
}

sub entry {
  my ($name, $type, $data) = @_;
  return name_of($name) . pack 'n n N n/a', $TYPES{$type}, 1, TTL, $data;
}

sub soa {
  my ($zone) = @_;
  my $names = name_of('dns.lab.example') . name_of("hostmaster.$zone");
  return entry($zone, 'SOA', $names . pack 'N5', 1, 60, 60, 600, TTL);
}

# The reply to a query, and after how many seconds to send it; nothing if there is to be none.
sub reply {
  my ($query, $room) = @_;
  return if length $query < 12;
  my ($id, $flags, $questions) = unpack 'n3', $query;
  return if $flags & 0x8000 or $questions != 1;
  my ($at, @labels) = (12);
  while (1) {
    return if $at >= length $query;
    my $size = ord substr $query, $at, 1;
    return if $size > 63 or $at + $size + 1 > length $query;
    $at += $size + 1;
    last if $size == 0;
    push @labels, substr $query, $at - $size, $size;
  }
  return if $at + 4 > length $query;
  my $question = substr $query, 12, $at - 8;
  my ($type) = unpack 'n', substr $query, $at, 2;
  my ($name, $kind) = (lc join('.', @labels), $NAMES{$type} // '');
  my $zone = join '.', grep { defined } (split /\./, $name)[-2, -1];
  my (@answers, @authority, $record);
  my ($rcode, $delay, $asked) = (0, 0, $name);
  for (1 .. 8) {
    my $owner = owner($asked);
    $record = defined $owner ? record($owner, $kind) : undef;
    my $alias = defined $owner && !$record ? record($owner, 'CNAME') : undef;
    my $found = $record // $alias;
    if ($found) {
      $delay += $found->{delay};
      return if ($found->{fail} // '') eq 'silence';
      if ($found->{fail}) { $rcode = $RCODES{ $found->{fail} } // 2; last }
      my $of = $record ? $kind : 'CNAME';
      push @answers, map { entry($asked, $of, data($of, $_)) } @{ $found->{answers} };
      last if $record or !@{ $alias->{answers} };
      $asked = lc $alias->{answers}[0];
      next;
    }
    $rcode = 3 if !defined $owner and $asked ne $zone;
    last;
  }
  if ($name eq $zone and $kind eq 'SOA') { push @answers, soa($zone) }
  elsif ($name eq $zone and $kind eq 'NS') { push @answers, entry($zone, 'NS', name_of('dns.lab.example')) }
  elsif (!@answers and $zone ne '') { push @authority, soa($zone) }
  my $body = join '', $question, @answers, @authority;
  my $is_cut = 12 + length $body > $room;
  my ($a, $b) = $is_cut ? (0, 0) : (scalar @answers, scalar @authority);
  my $head = pack 'n6', $id, 0x8480 | ($flags & 0x0100) | ($is_cut ? 0x0200 : 0) | $rcode, 1, $a, $b, 0;
  return ($head . ($is_cut ? $question : $body), $delay);
}

my (%udp, %tcp, %open, @later);
my $select = IO::Select->new;
for my $address (@ARGV) {
  my %at = (LocalHost => $address, LocalPort => $port, ReuseAddr => 1);
  my $udp = IO::Socket::IP->new(%at, Proto => 'udp') or die "$address udp: $@\n";
  my $tcp = IO::Socket::IP->new(%at, Proto => 'tcp', Listen => 16) or die "$address tcp: $@\n";
  ($udp{$udp}, $tcp{$tcp}) = (1, 1);
  $select->add($udp, $tcp);
}
$SIG{PIPE} = 'IGNORE';

sub end_connection {
  my ($connection) = @_;
  $select->remove($connection);
  delete $open{$connection};
  close $connection;
}

sub plan_reply {
  my ($query, $room, $send) = @_;
  my ($text, $delay) = reply($query, $room);
  push @later, { at => time + $delay, send => sub { $send->($text) } } if defined $text;
}

sub read_connection {
  my ($connection) = @_;
  my $state = $open{$connection};
  my $count = sysread $connection, $state->{text}, 4096, length $state->{text};
  return end_connection($connection) if !$count;
  while (length $state->{text} >= 2) {
    my $size = unpack 'n', $state->{text};
    last if length $state->{text} < $size + 2;
    my $query = substr $state->{text}, 2, $size;
    substr($state->{text}, 0, $size + 2) = '';
    plan_reply($query, 65535, sub { syswrite $connection, pack 'n/a', $_[0] });
  }
}

while (1) {
  @later = sort { $a->{at} <=> $b->{at} } @later;
  my $wait = @later ? $later[0]{at} - time : 1;
  for my $socket ($select->can_read($wait < 0 ? 0 : $wait < 1 ? $wait : 1)) {
    if ($udp{$socket}) {
      my $from = recv $socket, my $query, 4096, 0;
      next if !defined $from;
      # A client that says nothing else takes 512 bytes; one with an OPT record takes more.
      my $room = (unpack 'n6', $query)[5] ? 1232 : SMALLEST;
      plan_reply($query, $room, sub { send $socket, $_[0], 0, $from });
    }
    elsif ($tcp{$socket}) {
      my $connection = $socket->accept or next;
      if (keys %open >= MOST_TCP) { close $connection; next }
      $open{$connection} = { text => '', socket => $connection, until => time + IDLE };
      $select->add($connection);
    }
    else { read_connection($socket) }
  }
  my $now = time;
  while (@later and $later[0]{at} <= $now) { (shift @later)->{send}->() }
  end_connection($_->{socket}) for grep { $_->{until} < $now } values %open;
}
