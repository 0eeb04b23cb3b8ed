# sshd as it will be after a boot: what starts it, whether it can read its configuration, and whether it
# listens where this session came in and lets its user in. Then it is restarted so; sessions outlive that.
# What can't be judged from here (groups, Match, keys, PAM) the next login proves.

sshd_options() {
  sed -n 's/^[[:space:]]*SSHD_OPTS=//p' /etc/default/ssh 2>/dev/null | tail -n 1 | tr -d "\"'"
}

boot_units() {
  [ -f "$proof/boot" ] ||
    systemctl list-dependencies --plain --no-pager default.target 2>/dev/null |
    sed 's/^[^[:alnum:]]*//' >"$proof/boot"
}

boots() {
  boot_units
  case $(systemctl show -p UnitFileState -- "$1" | cut -d= -f2) in
    enabled | alias | generated | static | indirect | disabled) grep -Fxq "$1" "$proof/boot" ;;
    *) return 1 ;;
  esac
}

ssh_units() {
  systemctl show -p Id -p LoadState -- "$@" |
    awk -F = '
      function show() {
        if (load ~ /^(loaded|bad-setting|error)$/) print id
        id = load = ""
      }
      $1 == "Id" { id = $2 }
      $1 == "LoadState" { load = $2 }
      $1 == "" { show() }
      END { show() }' |
    sort -u
}

first_booting() {
  for one in $(ssh_units "$@"); do
    if boots "$one"; then
      echo "$one"
      return
    fi
  done
}

concerns_sshd() {
  has_changed '^/etc/ssh/\|^/etc/ssh$\|^/etc/default/ssh$' && return
  has_changed '/systemd/system/\(.*/\)*\(ssh\|sshd\)[@.]\|/systemd/system/default[.]target$' && return
  included_files | grep -Fxq -f "$proof/changed" && return
  awk '$1 ~ /^(ssh|sshd)[.]/ && ($2 != $5 || $3 != $6)' "$proof/units" | grep -q .
}

check_config() {
  if [ ! -d /run/sshd ]; then mkdir -p /run/sshd && chmod 755 /run/sshd; fi
  sshd -t $(sshd_options) >"$proof/said" 2>&1 && return
  why=$(reason <"$proof/said")
  die "sshd can't read its configuration and would not start at the next boot:$newline$why"
}

check_login() {
  [ -n "$login_port" ] || return 0
  login="user=$login_user,host=$login_from,addr=$login_from,laddr=$login_address,lport=$login_port"
  sshd -T $(sshd_options) -C "$login" >"$proof/sshd" 2>/dev/null || return 0
  value() { sed -n "s/^$1 //p" "$proof/sshd" | head -n 1; }
  [ "$login_user:$(value permitrootlogin)" != root:no ] ||
    die "sshd as configured lets root log in no more (PermitRootLogin no), and you log in as root"
  ways=
  for way in pubkey password kbdinteractive gssapi hostbased; do
    ways="$ways $(value "${way}authentication")"
  done
  [ "$ways" != ' no no no no no' ] ||
    die 'sshd as configured has no way to log in left: neither keys nor passwords'
  # Patterns, and no names of files here.
  set -f
  allowed=$(sed -n 's/^allowusers //p' "$proof/sshd")
  if [ -n "$allowed" ]; then
    matches_login "$allowed"
    [ $? != 1 ] || die "sshd as configured lets $login_user log in no more: AllowUsers names" $allowed
  fi
  denied=$(sed -n 's/^denyusers //p' "$proof/sshd")
  if [ -n "$denied" ] && matches_login "$denied"; then
    die "sshd as configured lets $login_user log in no more: DenyUsers names it"
  fi
  set +f
}

# Another sshd, or whatever else passes this session on, if it comes up at boot as well.
# Nothing of ours is asked there.
comes_through() {
  [ -n "$login_port" ] && on_systemd && has ss || return 1
  ss -H -l -t -n -p "sport = :$login_port" 2>/dev/null | while read -r _ _ _ listens _ users; do
    echo "$listens" | covers service || continue
    for pid in $(printf %s "$users" | grep -o 'pid=[0-9]*' | cut -d= -f2); do
      if [ "$pid" = 1 ]; then
        systemctl list-sockets --no-legend --no-pager 2>/dev/null |
          awk -v at=":$login_port" 'substr($1, length($1) - length(at) + 1) == at { print $2 }'
      else
        sed -n 's,^[01]:.*/system[.]slice/\(.*/\)*\([^/]*[.]service\)$,\2,p' "/proc/$pid/cgroup" 2>/dev/null
      fi
    done
  done | sort -u | while read -r unit; do
    case $unit in ssh.* | sshd.* | ssh@* | sshd@*) continue ;; esac
    if boots "$unit"; then
      echo "$unit"
      break
    fi
  done | grep .
}

check_listens() {
  [ -n "$login_port" ] && [ -s "$proof/listens" ] || return 0
  covers "$1" <"$proof/listens" && return
  addresses=$(awk '{ print $1 }' "$proof/listens" | tr '\n' ' ')
  die "after the next boot sshd listens only on ${addresses% } (by $2), and you come in at $(came_in)"
}

start_or_die() {
  bounded 30 systemctl "$@" >"$proof/said" 2>&1 && systemctl is-active --quiet -- "$2" && return
  journalctl -q -n 5 -o cat --no-pager -u "$2" 2>/dev/null >>"$proof/said"
  die "$2 does not start as it is configured:$newline$(reason <"$proof/said")"
}

bring_live() {
  systemctl reset-failed -- $sockets $services 2>/dev/null
  if [ -n "$socket" ]; then
    for one in $services; do bounded 20 systemctl stop -- "$one" 2>/dev/null; done
    start_or_die restart "$socket"
    case $(systemctl show -p Accept -- "$socket") in
      *=no) start_or_die start "${socket%.socket}.service" ;;
    esac
  else
    for one in $sockets; do bounded 20 systemctl stop -- "$one" 2>/dev/null; done
    start_or_die restart "$service"
  fi
}

prove_units() {
  if has_changed '/systemd/'; then bounded 30 systemctl daemon-reload; fi
  has_changed '^/etc/ssh' &&
    [ -e /usr/lib/systemd/system-generators/sshd-socket-generator ] &&
    bounded 30 systemctl daemon-reload
  services=$(ssh_units $ssh_services)
  sockets=$(ssh_units $ssh_sockets)
  service=$(first_booting $services) socket=$(first_booting $sockets)
  if [ -z "$service$socket" ]; then
    if awk '$1 ~ /^(ssh|sshd)[.]/ && $2 == "enabled"' "$dir/units" 2>/dev/null | grep -q .; then
      states=$(
        systemctl show -p Id -p UnitFileState -- $services $sockets |
          awk -F = '$1 == "Id" { id = $2 } $1 == "UnitFileState" { print id " is " $2 "," }'
      )
      die 'nothing starts sshd at the next boot:' $states 'and default.target wants none of them'
    fi
    note sshd 'what starts sshd at boot is not known here, so its configuration was only read,' \
      'and no login has gone through it'
    return
  fi
  if [ -n "$socket" ]; then
    systemctl show -p Listen -- "$socket" | sed -n 's/^Listen=//p' | grep '(Stream)' >"$proof/listens"
    check_listens socket "$socket"
  else
    sed -n 's/^listenaddress //p' "$proof/sshd" >"$proof/listens" 2>/dev/null
    check_listens service "$service"
  fi
  bring_live
}

prove_sshd() {
  concerns_sshd || return 0
  has sshd || return 0
  read_login
  check_config
  : >"$proof/sshd"
  if other=$(comes_through); then
    note sshd "you come in through $other, which starts at boot by itself:" \
      'no login has gone through the sshd that was changed'
    login_port=
  fi
  check_login
  if on_systemd; then
    prove_units
    return
  fi
  sed -n 's/^listenaddress //p' "$proof/sshd" >"$proof/listens"
  check_listens service sshd
  read -r pid 2>/dev/null </run/sshd.pid && kill -HUP "$pid" 2>/dev/null && return
  note sshd 'the sshd that runs could not be made to read its new configuration,' \
    'so no login has gone through it'
}
