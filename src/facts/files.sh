# The files among the arguments, in a few processes for all of them: `mode MODE OWNER:GROUP MODIFIED PATH`,
# `sum SHA256 PATH`, and `text PATH BASE64` of each but those in the folder `$secrets`.
for file; do
  shift
  [ ! -f "$file" ] || set -- "$@" "$file"
done
if [ $# != 0 ]; then
  stat -c 'mode %a %U:%G %.Y %n' "$@"
  sha256sum "$@" | sed 's/^\([0-9a-f]*\)  /sum \1 /'
fi
for file; do
  case $file in "$secrets"/*) continue ;; esac
  printf 'text %s ' "$file"
  base64 -w 0 <"$file"
  echo
done
