if [ -O / ]; then echo "uid 0"; else echo "uid $(id -u)"; fi
read -r host </proc/sys/kernel/hostname
echo "host $host"
[ -r /etc/os-release ] && (
  # shellcheck disable=SC1091 # It is on the node.
  . /etc/os-release
  echo "system $NAME ${VERSION_ID:-}"
)
state=none
if command -v systemctl >/dev/null 2>&1; then
  while :; do
    state=$(systemctl is-system-running 2>/dev/null)
    case $state in initializing | starting) again || break ;; *) break ;; esac
  done
fi
echo "state ${state:-unknown}"
