# The snapshot, its rehearsal, and what starts a revert: the timer, the next boot, an undo. What an earlier
# round of the phase wrote may have taken effect only in this one (a file, then the restart of its service),
# and this one found what earlier ones had made: they are reverted too, their files before units start, and
# units, kernel settings and the live network go straight to what the first of them found.

rehearse() {
  for tool in awk sed stat find cp mv cmp sync sort xargs mktemp; do
    has "$tool" || die "the guard needs $tool, which this machine lacks"
  done
  if keeps_live; then has ip || die 'the guard needs ip, which this machine lacks; install iproute2'; fi
  if [ -d "$dir/live" ] && [ -n "$(ls "$dir/live/wg")" ]; then
    has wg || die 'the guard needs wg, which this machine lacks; install wireguard-tools'
  fi
  set -- $(du -sk "$dir")
  size=$1
  dd if=/dev/zero of="$dir/reserve" bs=65536 count=$((size / 32 + 8)) 2>/dev/null ||
    die "no space on the disk for a revert: $((2 * size + 512)) KiB are needed"
  sh -n "$0" || die "this shell cannot read $0"
}

snapshot() {
  save_files && save_parents && save_modes || die 'cannot keep the files; is the disk full?'
  save_units || die 'cannot keep the state of the units'
  save_connections || die 'cannot keep the connections of NetworkManager'
  save_sysctls || die 'cannot keep the kernel settings'
  if keeps_live; then
    mkdir "$dir/live" "$dir/live/wg" || die 'cannot write; is the disk full?'
    save_links || die 'cannot keep the interfaces'
    save_routes || die 'cannot keep the routes'
    save_firewalld || die 'cannot keep the rules of firewalld'
    save_firewall || die 'cannot keep the firewall'
  fi
  rehearse
  : >"$dir/complete" || die 'cannot write; is the disk full?'
}

part() { ("$@") || failed "$* ended with status $?"; }

revert_live() {
  keeps_live || return 0
  part revert_links
  part revert_sysctls
  part revert_wg
  part revert_addresses
  for family in 4 6; do
    part revert_lines rule $family
    part revert_lines route $family
  done
  part revert_firewalld
  part revert_firewall
}

# The folders of the phase's rounds up to this one, oldest first.
find_rounds() {
  label=$(field "$dir/what" phase)
  phase=${label%" (round "*}
  [ "$phase" = "$label" ] || for number in $(ls "${dir%/*}" | sort); do
    earlier="${dir%/*}/$number"
    [ "$number" -lt "${dir##*/}" ] && [ -f "$earlier/complete" ] || continue
    case $(field "$earlier/what" phase) in "$phase" | "$phase (round "*) echo "$earlier" ;; esac
  done
  echo "$dir"
}

earlier_rounds() {
  for earlier in $(printf '%s\n' $rounds | sort -r); do
    [ "$earlier" != "$dir" ] || continue
    sh "$earlier/guard.sh" "$1"
    for list in reverted failed; do
      only_in "$earlier/$list" "$dir/$list" >"$work/$list"
      cat "$work/$list" >>"$dir/$list"
    done
    [ ! -f "$earlier/work/files" ] || cat "$earlier/work/files" >>"$work/files"
    rm -rf "$earlier/work"
  done
}

begin() {
  rm -rf "$work"
  mkdir "$work"
  : >"$dir/reverted"
  : >"$dir/failed"
}

revert_only_files() {
  begin
  part revert_files
  part revert_modes
}

revert() {
  rm -f "$dir/reserve"
  confirmed=
  [ "$(cat "$dir/outcome" 2>/dev/null)" != confirmed ] || confirmed="$dir/outcome"
  export confirmed
  begin
  rounds=$(find_rounds)
  for round in $rounds; do
    [ ! -d "$round/live" ] || {
      live="$round/live"
      break
    }
  done
  [ -n "$with_units_reverted" ] || part stop_units
  part revert_zones
  part revert_files
  part revert_modes
  part earlier_rounds files
  [ -n "$with_units_reverted" ] || part start_units
  if [ "$mode" = boot ]; then
    [ ! -s "$dir/sysctls" ] || part revert_sysctls
  elif keeps_live; then
    part revert_connections
    revert_live
  else
    part revert_sysctls
  fi
  if [ "$mode" = fire ]; then
    with_units_reverted=yes
    export with_units_reverted
    part earlier_rounds revert
  fi
  rm -rf "$work"
}

remove_boot_unit() {
  rm -f /etc/systemd/system/sysinit.target.wants/bridgehead-guard.service \
    /etc/systemd/system/bridgehead-guard.service
}

stop_apply() {
  on_systemd || return 0
  bounded 10 systemctl stop "bridgehead-apply-$(field "$dir/what" run)-${dir##*/}-*.scope" 2>/dev/null
}

conclude() {
  outcome=reverted
  [ ! -s "$dir/failed" ] || outcome=revert-failed
  echo $outcome >"$dir/outcome"
  remove_boot_unit
  rm -rf "$state/guard/reverted"
  mv -T "$state/guard/firing" "$state/guard/reverted"
  sync -f "$state" 2>/dev/null || sync
  [ "$by" != systemd ] || systemctl --no-block stop "$unit.timer" 2>/dev/null
}

ours() {
  [ "$(field "$state/guard/$1/what" run)" = "$(field "$dir/what" run)" ] &&
    [ "$(field "$state/guard/$1/what" snapshot)" = "${dir##*/}" ]
}

fire() {
  if ours armed; then mv -T "$state/guard/armed" "$state/guard/firing" 2>/dev/null; fi
  ours firing || return 0
  if has flock; then
    exec 8>>"$state/firing"
    flock 8
    ours firing || return 0
  fi
  by=$(field "$state/guard/firing/what" by)
  unit=$(field "$state/guard/firing/what" unit)
  stop_apply
  revert 8>&-
  conclude
}

mode=$1
case $1 in
  snapshot) snapshot ;;
  revert) revert ;;
  files) revert_only_files ;;
  fire) fire ;;
  sleep)
    sleep "$2"
    mode=fire
    fire
    ;;
  boot)
    fire
    remove_boot_unit
    ;;
  prove) prove_boot ;;
  file)
    shift
    each_file "$@"
    ;;
  *) die "usage: $0 snapshot|revert|fire|boot|prove" ;;
esac
