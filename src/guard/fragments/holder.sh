# Prints the holder, and whether a guard keeps the lock from being released.
report_holder() {
  sed -n 's/^\([a-z]*\)=/@\1 /p' "$1/holder" 2>/dev/null
  ! is_armed || echo '@armed yes'
}

# Prints what the next run depends on.
report_ground() {
  printf '@last '
  field "$state/lock.old/holder" run
  echo
  printf '@boot '
  boot_id
}

# Gives a lock up, which stays as `lock.old`.
drop_lock() {
  [ ! -e "$state/lock.old" ] || rm -rf "$state/lock.old"
  mv -T "$state/lock" "$state/lock.old"
}
