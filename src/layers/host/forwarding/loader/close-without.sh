# `close_without INTERFACE FILE` sets exactly the routing rules that the file's notes ask for; none without
# a file.

closed_sources() {
  ip -$family rule show pref "$closed_preference" | while read -r _ _ source rest; do
    case " $rest " in *" iif $1 "*) printf '%s ' "$source" ;; esac
  done
}

close_without() {
  for family in 4 6; do
    [ $family = 4 ] || [ -e /proc/net/if_inet6 ] || continue
    wanted=' '
    [ ! -f "$2" ] || wanted=" $(sed -n "s/^$closed_note$family //p" "$2" | tr '\n' ' ')"
    there=" $(closed_sources "$1")"
    for source in $there; do
      case $wanted in *" $source "*) continue ;; esac
      ip -$family rule del pref "$closed_preference" from "$source" iif "$1" || return
    done
    for source in $wanted; do
      case $there in *" $source "*) continue ;; esac
      # networkd deletes foreign rules when it restarts, except for the kernel's.
      ip -$family rule add pref "$closed_preference" from "$source" iif "$1" \
        fwmark "0/$judged" protocol kernel prohibit || return
    done
  done
}
