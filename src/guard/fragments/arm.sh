# Rehearsed is the revert by now: starts the timer and then arms the guard by one rename, so that an arming
# that is cut off leaves a timer that does nothing rather than a guard that never fires.

unit="bridgehead-guard-$run-$number"
new="$state/guard/new"

undo_arming() {
  if [ "$by" = systemd ]; then systemctl stop "$unit.timer" 2>/dev/null; else kill "$pid" 2>/dev/null; fi
  rm -rf "$new" "$state/guard/armed" "$boot_link" "$boot_file"
  fail "$1"
}

[ -s "$dir/guard.sh" ] && [ -f "$dir/complete" ] ||
  fail "the snapshot in $dir is not complete, so nothing could undo a change"
rm -rf "$new" "$state/guard/confirmed" "$state/guard/reverted"
by=sleeper
pid=
if [ -d /run/systemd/system ]; then
  by=systemd
  { [ -d "${boot_link%/*}" ] || mkdir -p "${boot_link%/*}"; } &&
    cat >"$boot_file" <<BOOT_UNIT && ln -sfn "$boot_file" "$boot_link" ||
[Unit]
Description=Undo what Bridgehead changed and nobody confirmed
DefaultDependencies=no
RequiresMountsFor=$state
After=local-fs.target systemd-remount-fs.service
Before=sysinit.target systemd-sysctl.service network-pre.target systemd-networkd.service networking.service \
nftables.service ufw.service ssh.service shutdown.target $(tr '\n' ' ' 2>/dev/null <"$dir/units.kept")
Conflicts=shutdown.target

[Service]
Type=oneshot
TimeoutStartSec=180
ExecStart=/bin/sh $dir/guard.sh boot
BOOT_UNIT
    undo_arming 'cannot write the unit for the boot'
  grep -q '^ExecStart=' "$boot_file" || undo_arming 'cannot write the unit for the boot'
  systemd-run --quiet --collect --unit="$unit" --on-active="$seconds" --timer-property=AccuracySec=1s \
    --property=KillMode=process --property=Type=oneshot /bin/sh "$dir/guard.sh" fire 9>&- ||
    undo_arming 'systemd-run cannot start a timer'
else
  command -v setsid >/dev/null 2>&1 ||
    undo_arming 'there is neither systemd nor setsid here, so nothing could undo a change'
  setsid sh "$dir/guard.sh" sleep "$seconds" 9>&- </dev/null >/dev/null 2>&1 &
  pid=$!
fi
mkdir "$new" &&
  printf '%s\n' "run=$run" "phase=$phase" "snapshot=$number" "unit=$unit" "by=$by" "pid=$pid" \
    "seconds=$seconds" "from=$(uptime_seconds)" |
  cat >"$new/what" || undo_arming "cannot write in $state"
[ "$(field "$new/what" seconds)" = "$seconds" ] || undo_arming "cannot write in $state"
mv -T "$new" "$state/guard/armed" || undo_arming "cannot write in $state"
sync -f "$state" 2>/dev/null || sync
if [ "$by" = systemd ]; then systemctl is-active --quiet "$unit.timer"; else kill -0 "$pid"; fi ||
  undo_arming 'the timer that was started is not there'
echo "@armed $number $by $seconds"
