/** What is otherwise than in the snapshot: paths, and units with what they were and are. */
export const BOOT_FILES = `fingerprints() {
cd "$1/" || return
set --
while IFS= read -r path; do if there ".$path"; then set -- "$@" ".$path"; fi; done <"$dir/roots"
[ $# != 0 ] || return 0
find "$@" -type f -exec cksum {} +
find "$@" -type l -exec sh -c 'for one; do echo "link $(readlink "$one" | tr " " "_") $one"; done' sh {} +
find "$@" -exec stat -c '%f %u:%g %n' {} +
}
changed_paths() {
( fingerprints "$dir/files" ) 2>/dev/null | sort -u >"$proof/kept"
( fingerprints / ) 2>/dev/null | sort -u >"$proof/live"
{ only_in "$proof/kept" "$proof/live"; only_in "$proof/live" "$proof/kept"; } | sed 's/^[^ ]* [^ ]* [.]//' | grep -v '/[.]bridgehead-[^/]*$' | sort -u
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
is_enabled() { case $1 in enabled | alias | generated) return 0 ;; esac; return 1; }
note() { echo "$*" | sed 's/ *$//' >>"$proof/notes"; }
reason() { tr -d '\\r' | sed '/^[[:space:]]*$/d' | head -n 8; }
`;
