# The sh that prints the machine's firewall.
our $read_rules;

# What it prints.
sub rules {
    open(my $rules, '-|', 'sh', '-c', $read_rules) or die "sh: $!\n";
    my @lines = <$rules>;
    close $rules;
    return @lines;
}
