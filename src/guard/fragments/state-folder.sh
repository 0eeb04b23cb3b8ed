# Functions and variables that every fragment of the guard begins with. `open_state` makes the folder, or
# refuses one that another user could have prepared; `with_mutex` lets one fragment at a time decide.

umask 077
set -f
# find reports files wrongly that another run's program has removed meanwhile.
# shellcheck disable=SC2016 # For the sh that find starts.
still_planted='for one; do [ ! -L "$one" ] && { [ ! -e "$one" ] || [ -O "$one" ]; } || echo "$one"; done'

refuse() {
  echo "$1" >&2
  exit 1
}

check_state() {
  [ ! -L "$state" ] || refuse "$state is a symbolic link; remove it"
  [ -d "$state" ] || refuse "$state is not a folder; remove it"
  traits=$(stat -c '%a %u' "$state")
  [ -O "$state" ] && [ "${traits% *}" = 700 ] ||
    refuse "$state is not root's alone; look at what is in it, then remove it"
  planted=$(
    find "$state" -maxdepth 3 '(' -type l -o ! -user "${traits#* }" ')' \
      -exec sh -c "$still_planted" sh {} + 2>/dev/null
  )
  [ -z "$planted" ] ||
    refuse "$state holds what root did not put there: $(echo "$planted" | head -n 3 | tr '\n' ' '); remove it"
}

open_state() {
  if [ ! -e "$state" ] && [ ! -L "$state" ]; then
    why=$(mkdir -m 700 "$state" 2>&1) || [ -d "$state" ] || refuse "cannot make $state: $why"
  fi
  check_state
  for part in guard runs; do
    [ -d "$state/$part" ] ||
      why=$(mkdir "$state/$part" 2>&1) ||
      [ -d "$state/$part" ] ||
      refuse "cannot make $state/$part: $why"
  done
}

with_mutex() {
  command -v flock >/dev/null 2>&1 || refuse 'no flock here; install util-linux'
  exec 9>>"$state/mutex" || refuse "cannot write in $state"
  flock -w 30 9 || refuse 'another program has held the state folder for 30 s'
}

boot_id() { read -r boot_line </proc/sys/kernel/random/boot_id && echo "$boot_line"; }
uptime_seconds() { read -r uptime_line </proc/uptime && echo "${uptime_line%%.*}"; }
is_armed() { [ -d "$state/guard/armed" ] || [ -d "$state/guard/firing" ]; }
