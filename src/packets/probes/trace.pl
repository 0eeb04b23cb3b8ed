# The kernel's own account of what dropped a packet. The table that marks this run's packets belongs to a
# process of nft: the kernel removes it with that process, whatever ends it.

my ($monitor, $monitor_pid, $keeper);

sub begin_trace {
    my ($first, $last, $control) = @_;
    my $table = "bridgehead_trace_$first";
    my $syn = "tcp flags & (syn | ack | rst) == syn \@th,32,16 $first-$last";
    my $datagram = "udp dport != $control \@th,64,32 0x62726964";
    my $chain = join ' ', 'type filter hook prerouting priority -400;',
        map { "$_ meta nftrace set 1;" } $syn, $datagram;
    $monitor_pid = open($monitor, '-|', 'exec nft monitor trace 2>/dev/null') or return;
    open($keeper, '|-', 'exec nft -i >/dev/null 2>&1') or return;
    local $SIG{PIPE} = 'IGNORE';
    select((select($keeper), $| = 1)[0]);
    print {$keeper} "table inet $table { flags owner; chain p { $chain }; }\n";
    for (1 .. 20) {
        last if hears_traces() && system("nft list table inet $table >/dev/null 2>&1") == 0;
        select(undef, undef, undef, 0.05);
    }
}

# Whether a process gets traces from the kernel, the ninth group of netfilter's messages: the monitor
# reads all rules before it asks for them.
sub hears_traces {
    open(my $sockets, '<', '/proc/net/netlink') or return 1;
    while (<$sockets>) {
        my (undef, $protocol, undef, $groups) = split;
        return 1 if $protocol eq '12' && hex($groups) & 0x100;
    }
    return 0;
}

# `PROTOCOL SOURCE PORT`, as the packet came, and what dropped it.
sub end_trace {
    return if !$monitor_pid;
    select(undef, undef, undef, 0.1);
    local $SIG{PIPE} = 'IGNORE';
    close $keeper if $keeper;
    kill 'TERM', $monitor_pid;
    my (%packet, %dropped);
    while (<$monitor>) {
        my ($id, $line) = /^trace id (\S+) (.*)$/ or next;
        my ($source, $protocol, $port) =
            $line =~ / packet: .*ip6? saddr (\S+) .*(tcp|udp) sport \d+ (?:tcp|udp) dport (\d+) /;
        # The kernel uses an id again; only our table sees every packet first.
        if (defined $port) { $packet{$id} = "$protocol $source $port" if $line =~ /^inet bridgehead_trace_/ }
        elsif ($line =~ /\bdrop\b/ && $packet{$id}) { $dropped{"$packet{$id} $line"} = 1 }
    }
    close $monitor;
    return sort keys %dropped;
}
