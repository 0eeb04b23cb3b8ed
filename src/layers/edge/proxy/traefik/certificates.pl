use strict;
use warnings;

# certificates FILE: the certificates of Traefik's storage, one line of base64 each, without their keys.
open my $storage, '<', $ARGV[0] or exit 0;
my $text = do { local $/; <$storage> };
print "$1\n" while $text =~ /"certificate":\s*"([A-Za-z0-9+\/=]+)"/g;
