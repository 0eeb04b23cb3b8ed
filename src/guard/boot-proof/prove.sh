# `guard.sh prove`: what a guarded round has changed on disk is held against its snapshot. sshd as it is
# configured is brought live, so that the login which confirms the round goes through it; other files are
# checked for what would keep them from being read, and noted in `notes` (`UNIT TEXT` a line) if nothing
# proves them before the next boot. Whatever would lock people out is refused, with its reason on the
# standard error. Tunnels' own files need none of that: their steps bring them live.

prove_boot() {
  proof="$dir/proof"
  rm -rf "$proof" "$dir/notes" "$dir/live-units"
  mkdir "$proof" || die 'cannot write; is the disk full?'
  changed_paths >"$proof/changed"
  changed_units >"$proof/units"
  if [ -s "$proof/units" ] || grep -qv '^/etc/wireguard\(/\|$\)' "$proof/changed"; then
    prove_sshd
    prove_managers
    prove_files
  fi
  note_units
  [ ! -f "$proof/notes" ] || mv -f "$proof/notes" "$dir/notes"
  rm -rf "$proof"
  : >"$dir/proven" || die 'cannot write; is the disk full?'
  echo '@proven yes'
}
