# What decides how far packets for an app get on this machine: `address IF ADDRESS`, `listens PROTOCOL/PORT`,
# `unit NAME STATE`, `peer IF SECONDS ALLOWED`, `rewrites PROTOCOL/PORT`, and `clock SECONDS` since 1970.

# A command that is not there has nothing to say.
sub lines_of {
    open(my $from, '-|', 'sh', '-c', 'exec "$@" 2>/dev/null', 'sh', @_) or die "sh: $!\n";
    my @lines = <$from>;
    close $from;
    chomp @lines;
    return @lines;
}

for (lines_of('ip', '-o', 'address', 'show', 'up')) {
    print "address $1 $2\n" if m{^\d+: (\S+)\s+inet6? ([0-9a-f.:]+)};
}
my %listening = (tcp => '0A', udp => '07');
for my $protocol (qw(tcp udp)) {
    my %ports;
    for my $file ($protocol, "${protocol}6") {
        open(my $sockets, '<', "/proc/net/$file") or next;
        while (<$sockets>) {
            $ports{hex $1} = 1 if /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ $listening{$protocol} /;
        }
    }
    print "listens $protocol/$_\n" for sort { $a <=> $b } keys %ports;
}
for my $unit (map { $_->[0] } data('unit')) {
    print "unit $unit ", (lines_of('systemctl', 'is-active', $unit))[0] || 'unknown', "\n";
}
for my $interface (map { $_->[0] } data('interface')) {
    for (lines_of('wg', 'show', $interface, 'dump')) {
        my @peer = split /\t/;
        next if @peer < 8;
        my $age = $peer[4] ? time - $peer[4] : -1;
        print "peer $interface $age ", ($peer[3] eq '(none)' ? '' : $peer[3]), "\n";
    }
}
if (data('rules')) {
    for (lines_of('nft', 'list', 'ruleset')) {
        next if !/\bdnat\b/;
        my $protocol = /\budp dport\b/ ? 'udp' : 'tcp';
        my %ports = map { $_ => 1 } /\bdport (\d+)\b/g;
        # A set, or a map from ports to addresses.
        for my $set (/\{([^}]*)\}/g) {
            $ports{$_} = 1 for $set =~ /(?:^|,)\s*(\d+)(?![\d.:])/g;
        }
        print "rewrites $protocol/$_\n" for sort { $a <=> $b } keys %ports;
    }
}
print 'clock ', time, "\n";
