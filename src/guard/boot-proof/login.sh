# How this very session came in: sshd leaves it in the environment of a process above this one.

environment_of() { tr '\000' '\n' <"/proc/$1/environ" 2>/dev/null | sed -n "s/^$2=//p" | head -n 1; }

read_login() {
  login_user='' login_from='' login_address='' login_port=''
  pid=$$
  while [ -n "$pid" ] && [ "$pid" -gt 1 ]; do
    session=$(environment_of "$pid" SSH_CONNECTION)
    if [ -n "$session" ]; then
      login_user=$(environment_of "$pid" SUDO_USER)
      [ -n "$login_user" ] || login_user=$(environment_of "$pid" USER)
      set -- $session
      login_from=$1 login_address=${3%%%*} login_port=$4
      return
    fi
    pid=$(sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$pid/stat" 2>/dev/null)
  done
}

came_in() {
  case $login_address in
    *:*) echo "[$login_address]:$login_port" ;;
    *) echo "$login_address:$login_port" ;;
  esac
}

covers() {
  case $login_address in *:*) any='[::]' own="[$login_address]" ;; *) any=0.0.0.0 own=$login_address ;; esac
  while read -r listens rest; do
    case $listens in "$any:$login_port" | "$own:$login_port" | "*:$login_port") return 0 ;; esac
    case $1:$listens in socket:"[::]:$login_port" | socket:"$login_port") return 0 ;; esac
  done
  return 1
}

matches_login() {
  for pattern in $1; do
    case $pattern in *@*) return 2 ;; esac
    # shellcheck disable=SC2254 # sshd matches patterns as well.
    case $login_user in $pattern) return 0 ;; esac
  done
  return 1
}
