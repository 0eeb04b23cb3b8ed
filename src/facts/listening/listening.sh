# What the machine listens on: `listening PROTOCOL ADDRESS:PORT PROCESS UNIT PROGRAM`, with `-` for what
# isn't known. Without ss, `open PROTOCOL PORT`, the port in hexadecimal.

# The unit of a process: the last of its control group that is one.
unit_of_process() {
  unit=-
  [ -r "/proc/$1/cgroup" ] || return 0
  while IFS= read -r line; do
    rest=${line#*:*:}/
    while [ -n "$rest" ]; do
      case ${rest%%/*} in *.service | *.socket | *.scope) unit=${rest%%/*} ;; esac
      rest=${rest#*/}
    done
    [ "$unit" = - ] || break
  done <"/proc/$1/cgroup"
}

# The socket unit of `$socket_units` for which systemd itself listens at an address, or nothing.
socket_unit() {
  host=${1%:*}
  host=${host%\%*}
  [ "$host" != '*' ] || host='[::]'
  printf '%s\n' "$socket_units" | awk -v at="$host:${1##*:}" '
    { for (i = 1; i <= NF; i++) if ($i == at) found = 1 }
    found { for (i = 1; i <= NF; i++) if ($i ~ /\.socket$/) { print $i; exit } }'
}

if command -v ss >/dev/null 2>&1; then
  ss -Hlntup 2>/dev/null | head -n 2000 | {
    socket_units=unread
    while read -r protocol _ _ _ local _ users; do
      process=- unit=- program=-
      case $users in
      *pid=*)
        process=${users#*pid=}
        process=${process%%,*}
        program=${users#*\"}
        program=${program%%\"*}
        unit_of_process "$process"
        ;;
      esac
      socket=
      case $users in
      *pid=1,*)
        [ "$socket_units" != unread ] ||
          socket_units=$(systemctl list-sockets --all --no-legend --full 2>/dev/null)
        socket=$(socket_unit "$local")
        ;;
      esac
      echo "listening $protocol $local $process ${socket:-$unit} $program"
    done
  }
else
  for protocol in tcp udp; do
    [ $protocol = tcp ] && state=0A || state=07
    for table in /proc/net/$protocol /proc/net/${protocol}6; do
      [ -r $table ] || continue
      while read -r _ local _ now _; do
        [ "$now" != $state ] || echo "open $protocol ${local##*:}"
      done <$table
    done
  done
fi
