use strict;
use warnings;

# forget STORAGE FOLDER: removes from Traefik's storage the certificates for names that no file in the folder
# has, since it would renew them forever. Leaves a storage alone that it can't read, or if there are no files.
my ($path, $folder) = @ARGV;
my $wanted = join "\n", map { text_of($_) } glob "$folder/*.yml";
my $text = text_of($path);
exit 0 if $wanted eq '' or $text eq '';

sub text_of {
    my ($file) = @_;
    open my $from, '<', $file or return '';
    local $/;
    return <$from> // '';
}

my $one = qr/\{\s*"domain":\s*\{[^{}]*\}[^{}]*\}/;
my @kept;
my $lost = 0;
$text =~ s/("Certificates":\s*)\[((?:\s*$one\s*,?)*)\s*\]/$1 . list($2)/e or exit 0;
exit 0 if !$lost;

sub list {
    my ($entries) = @_;
    for my $entry ($entries =~ /($one)/g) {
        my ($name) = $entry =~ /"main":\s*"([^"]+)"/;
        if (defined $name && $wanted !~ /(?<![\w.*-])\Q$name\E(?![\w.-])/) { $lost = 1 }
        else { push @kept, $entry }
    }
    return @kept ? '[' . join(', ', @kept) . ']' : 'null';
}

umask 077;
open my $into, '>', "$path.new" or die "$path.new: $!\n";
print $into $text;
close $into or die "$path.new: $!\n";
rename "$path.new", $path or die "$path: $!\n";
