use strict;
use warnings;

# names FILE: the names of the certificates in Traefik's storage, one a line.
open my $storage, '<', $ARGV[0] or exit 0;
my $text = do { local $/; <$storage> };
print "$1\n" while $text =~ /"main":\s*"([^"]+)"/g;
