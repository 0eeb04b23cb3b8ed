# What is otherwise than in the snapshot: paths, and units with what they were and are.

fingerprints() {
  set --
  while IFS= read -r path; do
    for one in "$dir/files$path" "$path"; do if there "$one"; then set -- "$@" "$one"; fi; done
  done <"$dir/roots"
  [ $# != 0 ] || return 0
  find "$@" -type f -exec cksum {} +
  # shellcheck disable=SC2016 # For the other sh.
  find "$@" -type l -exec sh -c 'for one; do echo "$(readlink "$one")"; echo "$one"; done' sh {} + |
    awk 'NR % 2 { gsub(/ /, "_"); target = $0; next } { print "link", target, $0 }'
  find "$@" -exec stat -c '%f %u:%g %n' {} +
}

changed_paths() {
  fingerprints 2>/dev/null |
    awk -v files="$dir/files" '
      { path = $0; sub(/^[^ ]* [^ ]* /, "", path) }
      index(path, files "/") == 1 { kept[$1 " " $2 " " substr(path, length(files) + 1)]; next }
      { live[$1 " " $2 " " path] }
      function show(line) { sub(/^[^ ]* [^ ]* /, "", line); print line }
      END {
        for (line in kept) if (!(line in live)) show(line)
        for (line in live) if (!(line in kept)) show(line)
      }' |
    grep -v '/[.]bridgehead-[^/]*$' |
    sort -u
}

changed_units() {
  on_systemd && [ -s "$dir/units" ] || return 0
  set -- $(awk '{ print $1 }' "$dir/units")
  read_units "$@" | only_in - "$dir/units" | while read -r unit file active invocation; do
    set -- $(grep "^$unit " "$dir/units")
    [ $# != 4 ] || echo "$unit $2 $3 $4 $file $active $invocation"
  done
}

has_changed() { grep -q "$1" "$proof/changed"; }

is_enabled() {
  case $1 in enabled | alias | generated) return 0 ;; esac
  return 1
}

note() { echo "$*" | sed 's/ *$//' >>"$proof/notes"; }
reason() { tr -d '\r' | sed '/^[[:space:]]*$/d' | head -n 8; }
