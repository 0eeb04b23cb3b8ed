# Runs the programs one after the other, each in a child of its own: perl and its modules are loaded once.
# The mark of a program's end goes to both outputs. After one that has waited in vain, the later ones
# wait no more than a second; in haste, they are left out, and so is one that lacks a path that it needs.
# What ends a program that went well is in `$end_line`.

our ($end_line, $haste);
my (@ids, %placed, $into, $in_vain);
while (my $line = <DATA>) {
    if ($line =~ /^\@\@ program (\S+) (\S+)$/) {
        push @ids, $1;
        $placed{$1} = { earlier => $2, code => '', data => '' };
        $into = 'code';
    }
    elsif ($line eq "\@\@ data\n") { $into = 'data' }
    else { $placed{$ids[-1]}{$into} .= $line }
}
$| = 1;
for my $id (@ids) {
    if ($haste && grep { !-e } $placed{$id}{data} =~ /^needs (\S+)$/mg) { print "\@\@ haste\n"; last }
    my $pid = fork;
    if (!defined $pid) { print STDERR "fork: $!\n"; $? = 255 << 8 }
    elsif ($pid) { waitpid $pid, 0 }
    else {
        $| = 0;
        $earlier = $placed{$id}{earlier};
        @data = map { [split / /] } split /\n/, $placed{$id}{data};
        $_->[1] = 1 for grep { $in_vain && $_->[0] eq 'patience' && $_->[1] > 1 } @data;
        print_ipv6();
        eval "$placed{$id}{code}; 1" or die $@;
        exit($unwell ? 3 : 0);
    }
    $in_vain = 1, $? = 0 if $? == 3 << 8;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    print "$end_line\n" if !$status;
    print { $_ } "\@\@ end $id $status\n" for *STDOUT, *STDERR;
    if ($in_vain && $haste) { print "\@\@ haste\n"; last }
}
