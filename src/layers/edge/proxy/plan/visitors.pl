use strict;
use warnings;

# visitors SEPARATOR: makes a line of a file of visitors of `NAME:PASSWORD` on standard input.
my ($separator) = @ARGV;
my ($name, $password) = split /:/, do { local $/; <STDIN> }, 2;
die "the secret must be NAME:PASSWORD\n" if !length($name // '') || !length($password // '');
die "the name must have no spaces, quotes, braces or backslashes, and not begin with #\n"
    if $name =~ /[\s"`{}\\]|^#/;
open my $random, '<', '/dev/urandom' or die "/dev/urandom: $!\n";
read $random, my $bytes, 22;
my @letters = ('.', '/', 'A' .. 'Z', 'a' .. 'z', '0' .. '9');
my $salt = join '', map { $letters[ord($_) % 64] } split //, $bytes;
my $hash = crypt $password, "\$2y\$10\$$salt";
die "this machine's crypt has no bcrypt\n" unless defined $hash && $hash =~ /^\$2y\$10\$.{53}$/;
print "$name$separator$hash\n";
