# `again` sleeps a little, longer each time, and succeeds; it fails once `$patience` seconds are over. Used as
# `while …; do …; again || break; done`. It starts no process until something has to be waited for.

until='' delay=50
again() {
  clock=$(date +%s)
  [ -n "$until" ] || until=$((clock + patience))
  [ "$clock" -lt "$until" ] || return 1
  sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))" 2>/dev/null || sleep 1
  delay=$((delay * 3 / 2))
  [ "$delay" -le 1000 ] || delay=1000
}
