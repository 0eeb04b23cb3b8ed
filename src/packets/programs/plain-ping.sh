# Where there is no perl: `ping` itself, 32 at a time, round after round. `$left` lists NUMBER=ADDRESS.

sent=0
until=$(($(date +%s) + patience))
while [ -n "$left" ]; do
  sent=$((sent + 1))
  pongs=$(
    n=0
    for target in $left; do
      (ping -c 1 -W 1 "${target#*=}" >/dev/null 2>&1 && echo "pong ${target%%=*} $sent 0 $((sent - 1))") &
      n=$((n + 1))
      [ $((n % 32)) = 0 ] && wait
    done
    wait
  )
  still=
  for target in $left; do
    case "
$pongs" in
      *"
pong ${target%%=*} "*) ;;
      *) still="$still $target" ;;
    esac
  done
  [ -n "$pongs" ] && echo "$pongs"
  left=$still
  [ "$(date +%s)" -ge "$until" ] && break
  [ -n "$left" ] && sleep 1
done
for target in $left; do echo "lost ${target%%=*} $sent silence"; done
