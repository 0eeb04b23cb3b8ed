# Puts what has arrived in its place, if something has, and links the version. Versions to which no undo
# can come back any more are removed.

fail() {
  echo "$1" >&2
  exit 1
}

link_to() {
  ln -sfn "$1" "$2.new" && mv -fT "$2.new" "$2" || fail "cannot link $2"
}

traits() { stat -c '%i-%s-%y-%z' "$1" 2>/dev/null | tr -d ' '; }

is_kept() {
  for one in "$version" "$before"; do [ "$1" != "$one" ] || return 0; done
  for one in "$state"/runs/*/*/files"$folder/current"; do
    [ ! -L "$one" ] || [ "$(readlink "$one")" != "$1" ] || return 0
  done
  return 1
}

umask 022
program="$folder/$version/$name"
[ ! -e "$link" ] && [ ! -L "$link" ] ||
  [ "$(readlink "$link")" = "$target" ] ||
  fail "$link is not Bridgehead's"
before=''
[ ! -L "$folder/current" ] || before=$(readlink "$folder/current")
mkdir -p "$folder/$version" "${link%/*}" || fail "cannot make $folder/$version"
file=$program
if [ -n "$arrived" ]; then
  [ -f "$arrived" ] || fail "$name $version has not arrived in $arrived"
  file="$folder/$version/.new"
  # It may come from another file system.
  mv -f "$arrived" "$file" || fail "cannot write $file"
  trap 'rm -f "$file"' EXIT
  rmdir "${arrived%/*}" 2>/dev/null
fi
sum=$(sha256sum "$file") || fail "cannot read $file"
sum=${sum%% *}
[ -z "$wanted" ] || [ "$sum" = "$wanted" ] || fail "$file has SHA-256 $sum instead of $wanted"
chown 0:0 "$file" && chmod 755 "$file" || fail "cannot set owner and mode of $file"
# What restarts for a newer file has to notice an older version, too.
[ "$before" = "$version" ] || touch "$file" || fail "cannot write $file"
if [ -n "$arrived" ]; then
  sync "$file" && mv -fT "$file" "$program" || fail "cannot write $program"
  trap - EXIT
fi
note="$folder/$version/.installed"
printf '%s\n' "$pin $sum $(traits "$program")" >"$note.new" &&
  mv -fT "$note.new" "$note" ||
  fail "cannot write $note"
sync "$note" "$folder/$version" || fail "cannot sync $folder/$version"
[ "$before" = "$version" ] || link_to "$version" "$folder/current"
[ -L "$link" ] || link_to "$target" "$link"
for old in "$folder"/*; do
  [ -d "$old" ] && [ ! -L "$old" ] || continue
  is_kept "${old##*/}" || rm -rf "$old" || fail "cannot remove $old"
done
