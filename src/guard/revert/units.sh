# A unit is reverted to enabled or not, active or not. What was not active is stopped while its new files
# are still there, because stopping may need them; the rest follows when the old files are back. systemd
# looks again on the disk, milliseconds long, for each unit that it is asked about and doesn't know: it is
# asked only about those that are there.

on_systemd() { [ -d /run/systemd/system ] && has systemctl; }

enabled_tunnels() {
  for link in /etc/systemd/system/*.wants/wg-quick@*.service; do
    [ ! -L "$link" ] || echo "${link##*/}"
  done
}

has_unit_file() {
  # Where systemd finds unit files, and where it keeps a folder for each unit that runs.
  for folder in \
    /etc/systemd/system /run/systemd/system \
    /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system \
    /etc/systemd/system.control /run/systemd/system.control \
    /etc/systemd/system.attached /run/systemd/system.attached \
    /run/systemd/transient /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late \
    /sys/fs/cgroup/system.slice /sys/fs/cgroup/systemd/system.slice; do
    if there "$folder/$1" || there "$folder/${1%%@*}@.${1##*.}"; then return 0; fi
  done
  return 1
}

read_units() { show_units "$@" | sort -u; }

show_units() {
  for unit; do
    shift
    case $unit in
      *'*'*) ;;
      *)
        has_unit_file "$unit" || {
          echo "$unit - inactive -"
          continue
        }
        ;;
    esac
    set -- "$@" "$unit"
  done
  [ $# != 0 ] || return 0
  systemctl show -p Id -p UnitFileState -p ActiveState -p InvocationID -- "$@" | awk -F = '
    function show() {
      if (active ~ /^(active|activating|reloading)$/) active = "active"
      else if (active != "failed") active = "inactive"
      if (id != "") print id, (file == "" ? "-" : file), active, (invocation == "" ? "-" : invocation)
      id = file = active = invocation = ""
    }
    $1 == "" { show() }
    $1 == "Id" { id = $2 }
    $1 == "UnitFileState" { file = $2 }
    $1 == "ActiveState" { active = $2 }
    $1 == "InvocationID" { invocation = $2 }
    END { show() }'
}

save_units() {
  on_systemd || return 0
  set -- $(listed units)
  [ ! -s "$dir/network.list" ] || set -- "$@" $reach_units $(enabled_tunnels) 'wg-quick@*.service'
  read_units "$@" >"$dir/units" || return
  awk '{ print $1 }' "$dir/units" >"$dir/units.kept"
}

revert_enablement() {
  [ "$2" = "$3" ] && return
  case $2 in masked) systemctl mask --quiet -- "$1" 2>/dev/null ;; esac
  case $3 in masked) [ "$2" = masked ] || systemctl unmask --quiet -- "$1" 2>/dev/null ;; esac
  case $2 in
    enabled) systemctl enable --quiet -- "$1" 2>/dev/null ;;
    disabled | - | indirect)
      case $3 in
        enabled | enabled-runtime) systemctl disable --quiet -- "$1" 2>/dev/null ;;
        *) return ;;
      esac
      ;;
  esac
  set -- "$1" "$2" "$(systemctl show -p UnitFileState -- "$1" | cut -d= -f2)"
  case $2:$3 in
    enabled:enabled | masked:masked) reverted "unit $1 is $2 again" ;;
    disabled:enabled | -:enabled | indirect:enabled | enabled:* | masked:*)
      failed "unit $1 is not $2 again"
      ;;
    *) reverted "unit $1 is not enabled any more" ;;
  esac
}

stop_unit() {
  if [ "$mode" = boot ]; then
    systemctl stop --no-block -- "$1" 2>/dev/null
    return
  fi
  bounded 20 systemctl stop -- "$1" 2>/dev/null ||
    bounded 5 systemctl kill --signal=KILL -- "$1" 2>/dev/null
  systemctl reset-failed -- "$1" 2>/dev/null
  if systemctl is-active --quiet -- "$1"; then
    failed "unit $1 still runs"
  else
    reverted "unit stopped: $1"
  fi
}

tunnels_now() {
  {
    enabled_tunnels
    systemctl list-units --all --plain --no-legend 'wg-quick@*.service' 2>/dev/null | awk '{ print $1 }'
  } | sort -u
}

# As the first round that kept a unit found it; a tunnel that it didn't find was made since.
units_before() {
  for round in $rounds; do
    [ -f "$round/units" ] || continue
    cat "$round/units"
    [ ! -s "$round/network.list" ] ||
      only_in "$work/tunnels" "$round/units.kept" | sed 's/$/ disabled inactive -/'
  done | awk '!seen[$1]++'
}

stop_units() {
  on_systemd && [ -f "$dir/units" ] || return 0
  tunnels_now >"$work/tunnels"
  units_before >"$work/units"
  while read -r unit file active invocation; do
    now=$(read_units "$unit")
    set -- $now
    # Another name of a unit that is kept under its own.
    [ $# = 4 ] && [ "$1" = "$unit" ] || continue
    if [ "$mode" = boot ]; then
      case $file:$2 in disabled:enabled | -:enabled) stop_unit "$unit" ;; esac
    elif [ "$active" != active ] && [ "$3" = active ]; then
      stop_unit "$unit"
    fi
    # What has no file any more can't be disabled.
    case $file:$2 in -:enabled | -:enabled-runtime) revert_enablement "$unit" "$file" "$2" ;; esac
  done <"$work/units"
}

wants_reload() {
  [ -s "$work/files" ] || return 1
  case $1 in
    ssh.service | sshd.service) grep -q '^/etc/ssh\|^/etc/default/ssh' "$work/files" ;;
    systemd-networkd.service) grep -q '^/etc/systemd/network\|^/etc/netplan' "$work/files" ;;
    *.socket | wg-quick@* | networking.service | NetworkManager.service) return 1 ;;
    nftables.service | ufw.service | firewalld.service | netfilter-persistent.service) return 1 ;;
  esac
}

start_units() {
  on_systemd && [ -f "$work/units" ] || return 0
  if grep -q '/systemd/' "$work/files" 2>/dev/null; then bounded 30 systemctl daemon-reload; fi
  # shellcheck disable=SC2094 # Both only read it.
  while read -r unit file active invocation; do
    set -- $(read_units "$unit")
    [ $# = 4 ] && [ "$1" = "$unit" ] || continue
    revert_enablement "$unit" "$file" "$2"
    if [ "$mode" = boot ]; then
      [ "$file:$active" != enabled:active ] ||
        [ "$2" = enabled ] ||
        systemctl start --no-block -- "$unit" 2>/dev/null
      continue
    fi
    case $active:$3 in inactive:failed) systemctl reset-failed -- "$unit" 2>/dev/null ;; esac
    [ "$active" = active ] || continue
    if [ "$3" != active ]; then
      verb=start
    elif [ "$invocation" != "$4" ]; then
      verb=restart
    elif wants_reload "$unit"; then
      verb=reload-or-restart
      # An sshd that was handed its port by its socket does not outlive a reload.
      case $unit in
        ssh.service | sshd.service)
          ! systemctl is-active --quiet -- "${unit%.service}.socket" || verb=restart
          ;;
      esac
    else
      continue
    fi
    systemctl reset-failed -- "$unit" 2>/dev/null
    # wg-quick refuses to make an interface that somebody else has made.
    case $verb:$unit in
      start:wg-quick@*)
        name=${unit#wg-quick@}
        ip link del dev "${name%.service}" 2>/dev/null
        ;;
    esac
    # A socket is refused while its service runs.
    case $unit in
      ssh.socket | sshd.socket) bounded 20 systemctl stop -- "${unit%.socket}.service" 2>/dev/null ;;
    esac
    bounded 20 systemctl $verb -- "$unit" 2>/dev/null
    case $unit in
      ssh.socket | sshd.socket)
        ! grep -q "^${unit%.socket}[.]service [^ ]* active " "$work/units" ||
          bounded 20 systemctl start -- "${unit%.socket}.service" 2>/dev/null
        ;;
    esac
    if systemctl is-active --quiet -- "$unit"; then
      reverted "unit $unit: $verb"
    else
      failed "unit $unit does not run again"
    fi
  done <"$work/units"
}
