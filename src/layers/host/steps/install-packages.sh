# Installs the packages that are its arguments, however a fresh machine is still busy with itself. The order
# of work: settle, repair, look, refresh the lists only if they fall short, install. `$root` stands for `/`
# in tests.

set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none
export NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1
umask 022
log=

now() {
  read -r seconds _ </proc/uptime
  seconds=${seconds%.*}
}

stop() {
  status=$1
  shift
  echo "$*" >&2
  [ ! -s "$log" ] || tail -n 20 "$log" >&2
  exit "$status"
}

is_locked() {
  grep -qE 'Could not get lock|is another process using it|was locked by another process' "$log" &&
    ! grep -q 'No space left' "$log"
}

holder() {
  held='s/.*held by process \([0-9]*\).*/\1/p'
  another='s/.*another process with pid \([0-9]*\).*/\1/p'
  pid=$(sed -n "$held; $another" "$log" | head -n 1)
  name=
  [ ! -r "/proc/$pid/comm" ] || read -r name <"/proc/$pid/comm"
  echo "${pid:-another process}${name:+ $name}"
}

# Runs a command again for as long as a lock keeps it out: apt waits for dpkg's lock only, never for that of
# the lists.
patient() {
  pause=1
  while :; do
    "$@" >"$log" 2>&1 && return 0
    result=$?
    is_locked || return "$result"
    now
    [ "$seconds" -lt "$deadline" ] || stop "$status_locked" "apt is locked by $(holder)"
    sleep "$pause"
    [ "$pause" -ge 5 ] || pause=$((pause + 1))
  done
}

apt() {
  patient apt-get -y -q -o DPkg::Lock::Timeout=0 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

update() {
  updated=1
  update_failed=0
  apt update || update_failed=1
  ! grep -qE '[Ff]ailed to (fetch|download)' "$log" || update_failed=1
}

install() { apt install --no-install-recommends --no-remove "$@"; }

not_fetched() {
  grep -qE '404 +Not Found|[Uu]nable to fetch|[Ff]ailed to fetch|Hash Sum mismatch' "$log"
}

candidates() {
  apt-cache policy "$@" 2>>"$log" | while IFS= read -r line; do
    case $line in
      [a-z0-9]*:) name=${line%:} ;;
      '  Candidate: (none)') ;;
      '  Candidate: '*) printf '%s ' "$name" ;;
    esac
  done
}

find_missing() {
  known=" $(candidates "$@")"
  missing=
  for name; do
    case $known in *" $name "*) ;; *) missing="$missing $name" ;; esac
  done
}

interrupted() {
  for journal in "$root"/var/lib/dpkg/updates/[0-9]*; do [ ! -e "$journal" ] || return 0; done
  [ -n "$(dpkg --audit 2>&1)" ]
}

has_lists() {
  for list in "$root"/var/lib/apt/lists/*_Packages*; do [ ! -e "$list" ] || return 0; done
  return 1
}

command -v apt-get >/dev/null 2>&1 || stop "$status_no_apt" 'this machine has no apt-get'
if [ -w /run ]; then folder=/run; else folder=/tmp; fi
log=$(mktemp "$folder/bridgehead-apt-XXXXXX") || exit 1
trap 'rm -f "$log"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
now
deadline=$((seconds + patience))
if command -v cloud-init >/dev/null 2>&1; then
  timeout "$patience" cloud-init status --wait >"$log" 2>&1
  case $? in
    0) ;;
    124 | 143) stop "$status_locked" "cloud-init is still at work after $patience s" ;;
    *) echo 'cloud-init has ended with errors; going on' ;;
  esac
fi
if interrupted; then
  patient dpkg --force-confdef --force-confold --configure -a ||
    stop 1 'an interrupted installation could not be finished by dpkg --configure -a'
fi
updated=0
update_failed=0
has_lists || update
find_missing "$@"
if [ -n "$missing" ] && [ "$updated" = 0 ]; then
  update
  find_missing "$@"
fi
if [ -n "$missing" ]; then
  [ "$update_failed" = 0 ] ||
    stop "$status_fetch" "the package lists could not be fetched; unknown so far:$missing"
  : >"$log"
  stop "$status_not_found" "no such package:$missing"
fi
install "$@" && exit 0
if [ "$updated" = 0 ] && not_fetched; then
  update
  install "$@" && exit 0
fi
full=$(grep -m 1 -E 'No space left on device|enough free space' "$log") && stop "$status_disk_full" "$full"
! not_fetched || stop "$status_fetch" 'packages could not be fetched'
stop 1 'apt-get install failed'
