# Kernel settings: those that are named, and with the live network all of `net.*` that can be written.

named_sysctls() {
  listed sysctls | while IFS= read -r key; do
    case $key in */*) echo "/proc/sys/$key" ;; *) echo "/proc/sys/$(echo "$key" | tr . /)" ;; esac
  done | tr '\n' '\0' | xargs -0 grep -H ''
}

network_sysctls() {
  find /proc/sys/net -type f -perm -600 ! -name stable_secret ! -name tcp_fastopen_key ! -name flush \
    -exec grep -H '' {} +
}

read_sysctls() {
  [ -s "$dir/sysctls.list" ] || keeps_live || return 0
  {
    [ ! -s "$dir/sysctls.list" ] || named_sysctls
    ! keeps_live || network_sysctls
  } 2>/dev/null | sort -u
}

save_sysctls() { read_sysctls >"$dir/sysctls"; }

# This round's keys, each with the value that the first round to keep it found.
sysctls_before() {
  for round in $rounds; do
    [ ! -f "$round/sysctls" ] || sed "s,^,${round##*/} ," "$round/sysctls"
  done | awk -v own="$dir/sysctls" '
    BEGIN {
      while ((getline line < own) > 0) {
        sub(/:.*/, "", line)
        wanted[line] = 1
      }
    }
    {
      round = $1
      sub(/^[^ ]* /, "")
      path = $0
      sub(/:.*/, "", path)
      if (!(path in first)) first[path] = round
      if ((path in wanted) && first[path] == round) print
    }'
}

sysctl_differences() {
  read_sysctls >"$work/sysctls"
  only_in "$work/sysctls.before" "$work/sysctls" |
    grep -v '^/proc/sys/net/ipv6/conf/[^/]*/mtu:' >"$work/missing"
}

revert_sysctls() {
  sysctls_before >"$work/sysctls.before"
  for pass in 1 2 3; do
    sysctl_differences
    [ -s "$work/missing" ] || return 0
    while IFS= read -r line; do
      path=${line%%:*}
      [ -e "$path" ] || continue
      printf '%s\n' "${line#*:}" 2>/dev/null >"$path" &&
        reverted "kernel setting reverted: ${line#/proc/sys/}"
    done <"$work/missing"
  done
  sysctl_differences
  while IFS= read -r line; do
    [ ! -e "${line%%:*}" ] || failed "kernel setting not reverted: ${line#/proc/sys/}"
  done <"$work/missing"
}
