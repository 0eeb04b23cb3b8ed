# `mark_wanted SETTINGS`, called once our own file with those settings is gone, succeeds if the kernel has
# to go on asking for the way back with the packet's mark: it did before us, another file or hook sets it, or
# a routing rule of somebody else goes by marks.
mark_wanted() {
  case $1 in *"$was_on$mark_key = 1"*) return 0 ;; esac
  ! grep -Elrqs "^[[:space:]]*([^#;[:space:]].*)?${mark_key##*.}" $setters $hooks || return 0
  ip rule show 2>/dev/null | grep -v "^$closed_preference:" | grep -q fwmark
}
