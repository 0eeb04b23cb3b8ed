# Prints what there is of ours on the node: files with their modes and texts, the states of their units, and
# whose they are. `$unit_folder`, `$config_folder`, `$owner_path` and `$unit_prefix` say where.

say() { printf '\n@@ %s\n' "$1"; }

units=
for file in "$unit_folder/$unit_prefix"*.socket "$unit_folder/$unit_prefix"*.service \
  "$config_folder"/*.haproxy; do
  [ -f "$file" ] || continue
  say "file $file"
  stat -c '%a %U %G' "$file"
  cat "$file"
  case $file in "$unit_folder"/*) units="$units ${file##*/}" ;; esac
done
if [ -f "$owner_path" ]; then
  say owner
  cat "$owner_path"
fi
if [ -n "$units" ]; then
  say units
  # shellcheck disable=SC2086 # Names of units, which have no spaces.
  systemctl show -p Id,ActiveState,UnitFileState -- $units
fi
say programs
for program in nft socat haproxy; do
  ! command -v $program >/dev/null 2>&1 || echo $program
done
