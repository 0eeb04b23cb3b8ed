command -v systemctl >/dev/null 2>&1 || {
  echo 'no systemd here: there is no systemctl' >&2
  exit 1
}
case $(systemctl show -p LoadState -p NeedDaemonReload -- "$unit") in
  *NeedDaemonReload=yes* | *LoadState=not-found*) systemctl daemon-reload || exit ;;
esac
case $(systemctl show -p LoadState -- "$unit") in
  *not-found*)
    echo "this machine has no unit $unit" >&2
    exit 5
    ;;
esac
