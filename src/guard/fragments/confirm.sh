# Whether the armed round has been proven to survive the next boot.
is_proven() { [ -e "$state/runs/$run/$(field "$state/guard/armed/what" snapshot)/proven" ]; }

check_state
if is_ours && is_proven && mv -T "$state/guard/armed" "$state/guard/confirmed" 2>/dev/null; then
  what="$state/guard/confirmed/what"
  dir="$state/runs/$run/$(field "$what" snapshot)"
  echo confirmed >"$dir/outcome"
  rm -f "$boot_link" "$boot_file" "$dir/reserve"
  sync -f "$state" 2>/dev/null || sync
  if [ "$(field "$what" by)" = systemd ]; then
    systemctl stop "$(field "$what" unit).timer"
  else
    kill "$(field "$what" pid)"
  fi
fi
report_state
