# What every packet program may use: the clock, addresses, and its own data lines.

use strict;
use Socket qw(
    :DEFAULT inet_pton inet_ntop pack_sockaddr_in6 unpack_sockaddr_in6
    IPPROTO_UDP IPPROTO_TCP IPPROTO_ICMP IPPROTO_IPV6 TCP_NODELAY
);
my ($earlier, @data, $unwell);
my $hires = eval { require Time::HiRes; 1 };

# perl-base has no Time::HiRes, and /proc/uptime knows hundredths of a second only: the system call itself, by
# its number.
my $gettime = $hires || !eval { require Config; 1 }
    ? undef
    : { x86_64 => 228, aarch64 => 113 }->{ (split /-/, $Config::Config{archname})[0] };

sub now {
    return Time::HiRes::clock_gettime(1) if $hires;
    if ($gettime) {
        my $time = pack('q2', 0, 0);
        syscall($gettime, 1, $time) == 0 or die "clock_gettime: $!\n";
        my ($seconds, $nanoseconds) = unpack('q2', $time);
        return $seconds + $nanoseconds / 1e9;
    }
    open(my $uptime, '<', '/proc/uptime') or die "/proc/uptime: $!\n";
    my ($seconds) = split ' ', scalar <$uptime>;
    return $seconds;
}

# Seconds since the shell that runs all gates began.
sub elapsed {
    open(my $stat, '<', "/proc/$ENV{BRIDGEHEAD_SHELL}/stat") or return 0;
    my $began = (split ' ', (split /\) /, scalar <$stat>)[-1])[19] / 100;
    open(my $uptime, '<', '/proc/uptime') or return 0;
    return (split ' ', scalar <$uptime>)[0] - $began;
}

# When a two-sided gate gives up: its patience counts from when the last node must be done with the gates
# before this one.
sub deadline {
    my $more = $earlier - elapsed();
    return now() + datum('patience') + ($more > 0 ? $more : 0);
}

sub family { return index($_[0], ':') >= 0 ? AF_INET6 : AF_INET }

sub to_socket {
    my ($address, $port) = @_;
    return family($address) == AF_INET6
        ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $address))
        : pack_sockaddr_in($port, inet_pton(AF_INET, $address));
}

sub from_socket {
    my ($packed) = @_;
    my $family = sockaddr_family($packed);
    my ($port, $address) = $family == AF_INET6 ? unpack_sockaddr_in6($packed) : unpack_sockaddr_in($packed);
    return (inet_ntop($family, $address), $port);
}

sub same_address { my ($a, $b) = map { inet_pton(family($_), $_) } @_; return $a eq $b }

sub checksum {
    my $sum = unpack('%32n*', $_[0] . (length($_[0]) % 2 ? "\0" : ''));
    $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
    return ~$sum & 0xffff;
}

sub readable {
    my ($wait, @sockets) = @_;
    my $bits = '';
    vec($bits, fileno($_), 1) = 1 for @sockets;
    select($bits, undef, undef, $wait < 0 ? 0 : $wait);
    return grep { vec($bits, fileno($_), 1) } @sockets;
}

sub data { my ($word) = @_; return map { [@{$_}[1 .. $#$_]] } grep { $_->[0] eq $word } @data }
sub datum { my ($first) = data(@_); return $first->[0] }

sub ipv6_off {
    for my $name ('all', @_) {
        open(my $file, '<', "/proc/sys/net/ipv6/conf/$name/disable_ipv6")
            or ($name eq 'all' ? return 1 : next);
        return 1 if <$file> == 1;
    }
    return 0;
}

sub print_ipv6 { my @ipv6 = map { $_->[0] } data('ipv6'); print "ipv6-off\n" if @ipv6 && ipv6_off(@ipv6) }
