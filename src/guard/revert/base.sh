# The revert is one script next to the snapshot that it reverts to, and needs nothing else: no network,
# no DNS, no temporary folder. These are the parts that all others use.

PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077
cd /
dir=${0%/*}
state=${dir%/*/*/*}
work="$dir/work"
rounds=$dir
live="$dir/live"
with_units_reverted=${with_units_reverted:-}
newline='
'
has() { command -v "$1" >/dev/null 2>&1; }
listed() { cat "$dir/$1.list" 2>/dev/null; }
keeps_live() { [ -s "$dir/interfaces.list" ] || [ -s "$dir/network.list" ]; }

reverted() {
  printf '%s\n' "$1" | tr '\n' ' ' | sed 's/ *$//' >>"$dir/reverted"
  echo >>"$dir/reverted"
}

failed() {
  printf '%s\n' "$1" | tr '\n' ' ' | sed 's/ *$//' >>"$dir/failed"
  echo >>"$dir/failed"
}

bounded() {
  if has timeout; then timeout -k 2 "$@"; else shift && "$@"; fi
}

only_in() {
  awk -v other="$2" 'BEGIN { while ((getline line < other) > 0) seen[line] = 1 } !($0 in seen)' "$1"
}

die() {
  echo "$*" >&2
  exit 1
}
