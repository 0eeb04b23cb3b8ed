# Every port at which sshd takes logins, or will after its next start, `ssh-port PORT`. What listens for
# `ssh -R` or X11 is sshd, too, but a session: its title says whose, that of the daemon doesn't.
{
  ss -H -lntp 2>/dev/null | grep '"sshd"' | while read -r _ _ _ ssh_local _ ssh_users; do
    echo "$ssh_users" | grep -o '"sshd",pid=[0-9]*' | while IFS='=' read -r _ ssh_process; do
      case $(tr '\0' ' ' <"/proc/$ssh_process/cmdline") in
        sshd:*'[listener]'*) ;;
        sshd:*) continue ;;
      esac
      echo "${ssh_local##*:}"
    done
  done
  if systemctl -q is-active ssh.socket 2>/dev/null || systemctl -q is-enabled ssh.socket 2>/dev/null; then
    systemctl show -p Listen --value ssh.socket 2>/dev/null |
      sed -n 's/^\(.*:\)\{0,1\}\([0-9]*\) (Stream).*/\2/p'
  else
    sshd=$(command -v sshd || echo /usr/sbin/sshd)
    "$sshd" -T 2>/dev/null | sed -n 's/^port //p'
  fi
} | sort -un | sed 's/^/ssh-port /'
