# Waits until `print_names` prints each name given, `$patience` seconds at most. `$began` is when the
# first order was placed. Ends early once `print_failure` prints something for each name that is still
# missing, and prints that after the name.
until=$(($(date +%s) + patience))
while :; do
  got=$(print_names)
  missing='' failures='' waits=''
  for name in "$@"; do
    case "
$got
" in *"
$name
"*) continue ;; esac
    missing="$missing $name"
    failure=$(print_failure)
    if [ -n "$failure" ]; then
      failures="$failures$name: $failure
"
    else
      waits=yes
    fi
  done
  [ -n "$missing" ] || exit 0
  if [ -z "$waits" ] || [ "$(date +%s)" -ge "$until" ]; then
    echo "no certificate for$missing" >&2
    [ -z "$failures" ] || printf %s "$failures" >&2
    exit 1
  fi
  sleep 0.5
done
