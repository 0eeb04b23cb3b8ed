# Puts a file in place complete or not at all: made next to `$target` under umask 077, synced, renamed. What
# is to be in it is written to `$temp` in between. A symbolic link at the target is replaced, never
# followed; a directory is refused.

fail() {
  echo "$1 $target" >&2
  exit "$failed"
}

begin_file() {
  umask 077
  if [ -d "$target" ]; then
    echo "$target is a directory" >&2
    exit "$is_directory"
  fi
  [ -d "$folder" ] || (umask 022 && mkdir -p "$folder") || fail 'cannot make the folder of'
  temp=$(temporary "$folder") || fail 'cannot make a temporary file beside'
  trap 'rm -f "$temp"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

end_file() {
  [ "$(stat -c %s "$temp")" = "$bytes" ] || fail 'not all was written of'
  [ -z "$owner" ] || chown "$owner" "$temp" || fail 'cannot set the owner of'
  chmod "$mode" "$temp" || fail 'cannot set the mode of'
  sync "$temp" || fail 'cannot sync'
  mv -f "$temp" "$target" || fail 'cannot rename onto'
  trap - EXIT
  sync "$folder" || fail 'cannot sync the folder of'
}
